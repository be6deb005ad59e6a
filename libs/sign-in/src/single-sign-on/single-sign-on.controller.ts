import { Controller, Delete, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiQuery, ApiResponse } from '@nestjs/swagger';
import { instantText, invalid } from '#millwright/fields';
import { Answer, ApiAnswer, ApiHeading, OverRest, PlainBody, reads, writes } from '#millwright/resources';
import { SignedInAnswer } from '../sign-in.fields.js';
import { answered } from '../sign-in.controller.js';
import { Visitors, type AskedBy } from '../visitors.js';
import { CodeAnswer, CodeInput, SetOutAnswer } from './single-sign-on.fields.js';
import { SingleSignOn } from './single-sign-on.js';

const tier = 'enterprise' as const;
const unset = 'NOT_FOUND where no issuer is set, or it is switched off.';

type Query = Readonly<Record<string, string | readonly string[]>>;

/** Single sign-on over REST: a browser goes to the issuer and comes back. */
@ApiHeading('auth', 'Signing in, going on and signing out; over REST only.')
@Controller('api/v1/auth/oidc')
export class SingleSignOnController {
  constructor(
    private readonly singleSignOn: SingleSignOn,
    private readonly visitors: Visitors,
  ) {}

  @Get('start')
  @HttpCode(303)
  @OverRest(
    reads({
      name: 'getSingleSignOnStart',
      open: true,
      scopes: [],
      tier,
      summary: 'Sign in at the issuer',
      description: `For a browser to go to: it is sent on to the issuer, who sends it back within ten minutes. ${unset}`,
    }),
  )
  @ApiQuery({
    name: 'session',
    required: false,
    schema: { type: 'string', enum: ['cookie', 'tokens'], default: 'cookie' },
    description: 'How the session is kept: by a cookie of the browser, or by tokens, for which the callback answers a code.',
  })
  @ApiResponse({ status: 303, description: 'On to the issuer.' })
  async start(@Query() query: Query, @Req() request: AskedBy): Promise<Answer> {
    const { address, cookie } = await this.singleSignOn.start(sessionIn(query), cookiesOf(request));
    return onTo(address, cookie);
  }

  @Get('callback')
  @OverRest(
    reads({
      name: 'getSingleSignOnReturn',
      open: true,
      scopes: [],
      tier,
      summary: 'Come back from the issuer',
      description: `Where the issuer sends the browser: on to the start page with a session cookie, or a code where \`session=tokens\` was asked for. SINGLE_SIGN_ON_FAILED, SINGLE_SIGN_ON_REFUSED with a \`reason\` (unverified, inactive, administrator, linked_otherwise, unknown); ${unset} A browser, which asks for HTML, is shown a page that says so.`,
    }),
  )
  @ApiQuery({ name: 'code', required: false, schema: { type: 'string' }, description: "The issuer's code." })
  @ApiQuery({ name: 'state', required: false, schema: { type: 'string' }, description: 'What `start` has sent along.' })
  @ApiResponse({ status: 303, description: 'Signed in, or linked: on to the start page.' })
  @ApiAnswer(CodeAnswer)
  async callback(@Query() query: Query, @Req() request: AskedBy): Promise<Answer> {
    const back = await this.singleSignOn.callback(parametersOf(query), cookiesOf(request), this.visitors.of(request));
    if ('address' in back) return onTo(back.address, back.cookie);
    const { code, expiresAt, customer } = back;
    return new Answer({ code, expires_at: instantText(expiresAt.toISOString()) }, { customer });
  }

  @Post('token')
  @HttpCode(200)
  @OverRest(
    writes({
      name: 'exchangeSingleSignOnCode',
      open: true,
      scopes: [],
      tier,
      summary: 'Get tokens for a code of single sign-on',
      description: `With the code that the callback answered, once and within a minute. SINGLE_SIGN_ON_FAILED otherwise; SINGLE_SIGN_ON_REFUSED as the callback, for who got \`access:manage\` since; ${unset}`,
    }),
  )
  @ApiAnswer(SignedInAnswer)
  async exchange(@PlainBody(CodeInput) { code }: CodeInput, @Req() request: AskedBy): Promise<Answer> {
    return answered(await this.singleSignOn.exchange(code, this.visitors.of(request)));
  }

  @Post('link')
  @HttpCode(200)
  @OverRest(
    writes({
      name: 'linkIssuerAccount',
      scopes: [],
      tier,
      summary: 'Link your account at the issuer',
      description: `Answers where your browser is to go, which this sets a cookie of; whom the issuer vouches for then is you from now on. Whoever holds \`access:manage\` is found by an e-mail address neither before nor since he got it: he comes in once he has linked the account himself, from a session that no such address began (SINGLE_SIGN_ON_REFUSED). ${unset}`,
    }),
  )
  @ApiAnswer(SetOutAnswer)
  async link(@Req() request: AskedBy): Promise<Answer> {
    const { address, cookie, expiresAt } = await this.singleSignOn.startLinking(cookiesOf(request));
    const answer = { authorization_url: address, expires_at: instantText(expiresAt.toISOString()) };
    return new Answer(answer, { headers: { 'Set-Cookie': cookie } });
  }

  @Delete('link')
  @HttpCode(204)
  @OverRest(
    writes({
      name: 'unlinkIssuerAccount',
      scopes: [],
      summary: 'Unlink your account at the issuer',
      description:
        'The issuer vouches for you no more, until it is linked anew or finds you by your e-mail address. NOT_FOUND where none is linked.',
    }),
  )
  @ApiResponse({ status: 204, description: 'Unlinked.' })
  async unlink(): Promise<Answer> {
    return new Answer(null, { position: await this.singleSignOn.unlink() });
  }
}

const onTo = (address: string, cookie?: string): Answer =>
  new Answer(null, { status: 303, headers: { Location: address, ...(cookie !== undefined && { 'Set-Cookie': cookie }) } });

const cookiesOf = ({ headers: { cookie } }: AskedBy): string | undefined => (typeof cookie === 'string' ? cookie : undefined);

/** @throws Rejection VALIDATION_FAILED */
function sessionIn({ session = 'cookie', ...others }: Query): 'cookie' | 'tokens' {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid([{ field: unknown, code: 'unknown_field', message: 'there is no such parameter here' }]);
  if (session === 'cookie' || session === 'tokens') return session;
  throw invalid([{ field: 'session', code: 'not_a_choice', message: 'must be cookie or tokens' }]);
}

/** As they came: what comes twice is for the library to refuse. */
function parametersOf(query: Query): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) for (const one of [value].flat()) parameters.append(name, one);
  return parameters;
}
