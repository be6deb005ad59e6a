import { Module } from '@nestjs/common';
import { CleanUp } from './clean-up.js';
import { CookieSessions } from './cookie-sessions.js';
import { FirstAdministrator } from './first-administrator.js';
import { InvitationsController } from './invitations.controller.js';
import { Invitations } from './invitations.js';
import { Links } from './links.js';
import { LiveSessions } from './live-sessions.js';
import { Mail } from './mail.js';
import { MeController } from './me.controller.js';
import { Me } from './me.js';
import { NewPasswords } from './new-passwords.js';
import { Passwords } from './passwords.js';
import { People } from './people.js';
import { SessionsController } from './sessions.controller.js';
import { SessionUses } from './session-uses.js';
import { Sessions } from './sessions.js';
import { SignInTraces } from './sign-in-traces.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';
import { Visitors } from './visitors.js';
import { Arrivals } from './single-sign-on/arrivals.js';
import { Attempts } from './single-sign-on/attempts.js';
import { Issuer } from './single-sign-on/issuer.js';
import { IssuerLinks } from './single-sign-on/issuer-links.js';
import { IssuerSettingsController } from './single-sign-on/issuer-settings.controller.js';
import { IssuerSettingsResolver } from './single-sign-on/issuer-settings.resolver.js';
import { IssuerSettingsStore } from './single-sign-on/issuer-settings.js';
import { issuerShown } from './single-sign-on/single-sign-on.fields.js';
import { SingleSignOnController } from './single-sign-on/single-sign-on.controller.js';
import { SingleSignOn } from './single-sign-on/single-sign-on.js';
import { WaitingPairs } from './waiting-pairs.js';

/** How people come in: passwords, single sign-on, sessions, invitations, and the first administrator. */
@Module({
  controllers: [
    SignInController,
    MeController,
    SessionsController,
    InvitationsController,
    SingleSignOnController,
    IssuerSettingsController,
  ],
  providers: [
    People,
    WaitingPairs,
    Passwords,
    NewPasswords,
    SessionUses,
    LiveSessions,
    CookieSessions,
    Sessions,
    Links,
    Mail,
    Invitations,
    SignInService,
    FirstAdministrator,
    Visitors,
    Me,
    IssuerLinks,
    IssuerSettingsStore,
    IssuerSettingsResolver,
    issuerShown.resolver,
    Issuer,
    Attempts,
    Arrivals,
    SingleSignOn,
    SignInTraces,
    CleanUp,
  ],
})
export class SignInModule {}
