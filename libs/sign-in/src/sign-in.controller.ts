import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { Answer, ApiAnswer, ApiHeading, OverRest, PlainBody, writes } from '#millwright/resources';
import { CookieSessions } from './cookie-sessions.js';
import { FirstAdministrator } from './first-administrator.js';
import { Invitations } from './invitations.js';
import {
  AcceptInput,
  ChangePasswordInput,
  ForgottenInput,
  LinkInput,
  LoginAnswer,
  LoginInput,
  RefreshInput,
  SetupInput,
  SignedInAnswer,
} from './sign-in.fields.js';
import { ownSession, SignInService, type Begun } from './sign-in.service.js';
import { Sessions } from './sessions.js';
import { Visitors, type AskedBy } from './visitors.js';

const wrong = 'Answered alike, and as slowly, whether the name is unknown, the password wrong or the person inactive.';

/** One operation at two paths has two names. */
const signInUnder = (name: string) =>
  writes({
    name,
    open: true,
    scopes: [],
    summary: 'Sign in',
    description: `${wrong} After the fifth wrong password in 15 minutes the name waits for this address: 30 s, and twice as long each time (429).`,
  });

export const answered = ({ answer, cookie, customer }: Begun): Answer =>
  new Answer(answer, { customer, ...(cookie !== null && { headers: { 'Set-Cookie': cookie } }) });

const open = (name: string, summary: string, description: string) => writes({ name, open: true, scopes: [], summary, description });
const own = (name: string, summary: string, description: string) => writes({ name, scopes: [], summary, description });

@ApiHeading('auth', 'Signing in, going on and signing out; over REST only.')
@Controller('api/v1/auth')
export class SignInController {
  constructor(
    private readonly signIn: SignInService,
    private readonly sessions: Sessions,
    private readonly invitations: Invitations,
    private readonly firstAdministrator: FirstAdministrator,
    private readonly visitors: Visitors,
    private readonly cookies: CookieSessions,
  ) {}

  @Post('login')
  @HttpCode(200)
  @OverRest(signInUnder('signIn'))
  @ApiAnswer(LoginAnswer)
  async login(@PlainBody(LoginInput) { password, session, ...identifier }: LoginInput, @Req() request: AskedBy): Promise<Answer> {
    return answered(await this.signIn.signIn(identifier, password, session, this.visitors.of(request)));
  }

  @Post()
  @HttpCode(200)
  @OverRest(signInUnder('signInAtRoot'))
  @ApiAnswer(LoginAnswer)
  async loginAtRoot(@PlainBody(LoginInput) said: LoginInput, @Req() request: AskedBy): Promise<Answer> {
    return this.login(said, request);
  }

  @Post('refresh')
  @HttpCode(200)
  @OverRest(
    open(
      'refreshSession',
      'Go on with a session',
      'Each refresh token is good once: a second use ends the session, unless the answer was lost and is asked for again within 30 s from the same place.',
    ),
  )
  @ApiAnswer(SignedInAnswer)
  async refresh(@PlainBody(RefreshInput) { refresh_token }: RefreshInput, @Req() request: AskedBy): Promise<Answer> {
    return answered(await this.signIn.refresh(refresh_token, this.visitors.of(request)));
  }

  @Post('setup')
  @HttpCode(200)
  @OverRest(
    open(
      'setUpInstallation',
      'Make the first administrator',
      'With the token of the link that the start printed, once and within 24 hours; 404 afterwards.',
    ),
  )
  @ApiAnswer(LoginAnswer)
  async setUp(@PlainBody(SetupInput) said: SetupInput, @Req() request: AskedBy): Promise<Answer> {
    return answered(await this.firstAdministrator.setUp(said, this.visitors.of(request)));
  }

  @Post('accept_invitation')
  @HttpCode(200)
  @OverRest(open('acceptInvitation', 'Accept an invitation', 'Chooses a password with the token of the link, once, and signs in.'))
  @ApiAnswer(LoginAnswer)
  async acceptInvitation(@PlainBody(AcceptInput) said: AcceptInput, @Req() request: AskedBy): Promise<Answer> {
    return answered(await this.signIn.acceptInvitation(said, this.visitors.of(request)));
  }

  @Post('forgot_password')
  @HttpCode(202)
  @OverRest(
    open(
      'forgotPassword',
      'Ask for another password',
      'Always the same answer, and as quickly; who is known gets a link by mail, where there is mail: at most once a minute, as long as the link of before is good.',
    ),
  )
  @ApiResponse({ status: 202, description: 'Heard.' })
  async forgotten(@PlainBody(ForgottenInput) said: ForgottenInput): Promise<void> {
    await this.invitations.forgotten(said);
  }

  @Post('reset_password')
  @HttpCode(204)
  @OverRest(open('resetPassword', 'Choose another password', 'With the token of the link, once. Ends every session of the person.'))
  @ApiResponse({ status: 204, description: 'Chosen.' })
  async reset(@PlainBody(LinkInput) { token, password }: LinkInput, @Req() request: AskedBy): Promise<Answer> {
    await this.signIn.resetPassword(token, password, this.visitors.of(request));
    return new Answer(null);
  }

  @Post('password')
  @HttpCode(204)
  @OverRest(
    own('changePassword', 'Change your password', 'Ends every other session of yours. A wrong current one counts like a try to sign in.'),
  )
  @ApiResponse({ status: 204, description: 'Changed.' })
  async changePassword(@PlainBody(ChangePasswordInput) said: ChangePasswordInput, @Req() request: AskedBy): Promise<Answer> {
    await this.signIn.changePassword(said.current, said.new, this.visitors.of(request));
    return new Answer(null);
  }

  @Post('logout')
  @HttpCode(204)
  @OverRest(own('signOut', 'Sign out', 'Ends the session that asks: its tokens are good for nothing from now on.'))
  @ApiResponse({ status: 204, description: 'Signed out.' })
  async logout(): Promise<Answer> {
    const { userId, credential } = ownSession();
    await this.sessions.end(userId, credential.id, 'logout');
    return new Answer(null, { headers: { 'Set-Cookie': this.cookies.ended } });
  }
}
