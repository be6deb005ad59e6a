import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiQuery, ApiResponse } from '@nestjs/swagger';
import { currentScope, KnownAccess, requireChargeOf, requireScopes } from '#millwright/access';
import { currentContext, EventStore, Rejection } from '#millwright/event-sourcing';
import { instantText } from '#millwright/fields';
import { Answer, ApiAnswer, ApiHeading, idOfPath, OverRest, reads, writes } from '#millwright/resources';
import { revokeSession, signIn } from './domain/sign-in.js';
import { People } from './people.js';
import { SessionAnswer } from './sign-in.fields.js';
import { ownSession } from './sign-in.service.js';
import { Sessions, type SessionRow } from './sessions.js';

const OfUser = (): MethodDecorator =>
  ApiQuery({
    name: 'user_id',
    required: false,
    schema: { type: 'integer' },
    description:
      "Another person's, with access:manage and everything that the person may do. NOT_FOUND for whoever is not there, and for everybody else alike.",
  });

/** A session that is not there or is over, or a person who is not there or is not for the caller: there is nothing to tell them apart by. */
const noSession = (): Rejection => new Rejection('NOT_FOUND', 'there is no such session');
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

@ApiHeading('auth', 'Signing in, going on and signing out; over REST only.')
@Controller('api/v1/auth/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly access: KnownAccess,
    private readonly events: EventStore,
    private readonly people: People,
  ) {}

  @Get()
  @OverRest(
    reads({ name: 'listSessions', scopes: [], summary: 'List sessions', description: 'Where you are signed in, the latest first.' }),
  )
  @OfUser()
  @ApiAnswer(SessionAnswer, { list: true })
  async list(@Query() query: Readonly<Record<string, string>>): Promise<Answer> {
    const rows = await this.sessions.list(await this.personIn(query));
    return new Answer(rows.map(shown));
  }

  @Delete(':uuid')
  @HttpCode(204)
  @OverRest(
    writes({ name: 'endSession', scopes: [], summary: 'End a session', description: 'Its tokens are good for nothing within a second.' }),
  )
  @OfUser()
  @ApiResponse({ status: 204, description: 'Ended.' })
  async end(@Param('uuid') sessionId: string, @Query() query: Readonly<Record<string, string>>): Promise<Answer> {
    const userId = await this.personIn(query);
    if (!uuid.test(sessionId) || !(await this.sessions.end(userId, sessionId, 'ended'))) throw noSession();
    if (userId !== currentScope().principal.userId) await this.writeDown(userId, sessionId);
    return new Answer(null);
  }

  /** That somebody's session was ended by another is to be found where the person is. */
  private async writeDown(userId: number, sessionId: string): Promise<void> {
    const entityId = (await this.people.find(userId))?.entityId ?? null;
    await this.events.execute(signIn, userId, (state) => revokeSession(state, sessionId), { context: { ...currentContext(), entityId } });
  }

  /**
   * Whose sessions are meant.
   * @throws Rejection INSUFFICIENT_PERMISSIONS another's, without access:manage; NOT_FOUND nobody is there, or he may do what the caller may not (S88)
   */
  private async personIn({ user_id: text, ...others }: Readonly<Record<string, string>>): Promise<number> {
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw unknownParameter(unknown);
    if (text === undefined) return ownSession().userId;
    const scope = currentScope();
    const { credential, userId: own } = scope.principal;
    if (credential.kind === 'session' && text === String(own)) return own;
    requireScopes(scope, ['access:manage']);
    return this.inCharge(text);
  }

  private async inCharge(text: string): Promise<number> {
    try {
      const userId = idOfPath(text);
      if (!(await this.people.find(userId))) throw noSession();
      await this.access.consider((state, by, world) => requireChargeOf(state, by, userId, world));
      return userId;
    } catch (failure) {
      if (failure instanceof Rejection && toldAsAbsent.has(failure.code)) throw noSession();
      throw failure;
    }
  }
}

/** Who learnt which of these it is would know who is there. */
const toldAsAbsent: ReadonlySet<string> = new Set(['NOT_FOUND', 'INSUFFICIENT_PERMISSIONS']);

const unknownParameter = (field: string): Rejection =>
  new Rejection('VALIDATION_FAILED', 'there is no such parameter here', [
    { field, code: 'unknown_field', message: 'there is no such parameter here' },
  ]);

function shown({ id, started_at, last_used_at, expires_at, address, user_agent }: SessionRow): SessionAnswer {
  const { credential } = currentScope().principal;
  const instant = (at: Date): string => instantText(at.toISOString());
  return {
    id,
    started_at: instant(started_at),
    last_used_at: instant(last_used_at),
    expires_at: instant(expires_at),
    address,
    user_agent,
    current: credential.kind === 'session' && credential.id === id,
  };
}
