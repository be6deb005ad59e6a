import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import { Answer, ApiAnswer, ApiHeading, OverRest, PlainBody, reads, writes } from '#millwright/resources';
import { TrustedProxies } from '#millwright/limits';
import { Portal, type Caller } from './portal.js';
import { PortalAnswer, PortalRequestInput, TrackedRequest, TrackingAnswer } from './portal.fields.js';

/** What of a request says who sends it. */
type Request = Readonly<{
  id: string;
  socket: Readonly<{ remoteAddress?: string }>;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}>;

@ApiHeading(
  'portal',
  'Where people without an account ask for work. Needs no key; what is not there is answered like a path that nobody knows.',
)
@Controller('api/v1/portal/:uuid')
export class PortalController {
  constructor(
    private readonly portal: Portal,
    private readonly proxies: TrustedProxies,
  ) {}

  @Get()
  @OverRest(
    reads({
      name: 'getPortal',
      open: true,
      scopes: [],
      summary: 'Show a portal',
      description: 'What whoever asks is to know, and can choose.',
    }),
  )
  @ApiAnswer(PortalAnswer)
  async show(@Param('uuid') uuid: string, @Req() request: Request): Promise<Answer> {
    return new Answer(await this.portal.show(uuid, this.callerOf(request)));
  }

  @Post('requests')
  @OverRest(
    writes({
      name: 'submitPortalRequest',
      open: true,
      scopes: [],
      summary: 'Ask for work without an account',
      description: 'At most ten a minute and address. The token of the answer is told once: it finds the request again.',
    }),
  )
  @ApiAnswer(TrackingAnswer, { status: 201 })
  async submit(
    @Param('uuid') uuid: string,
    @PlainBody(PortalRequestInput) said: PortalRequestInput,
    @Req() request: Request,
  ): Promise<Answer> {
    return new Answer(await this.portal.submit(uuid, said, this.callerOf(request)));
  }

  @Get('requests/:tracking_token')
  @OverRest(
    reads({
      name: 'getPortalRequest',
      open: true,
      scopes: [],
      summary: 'Show what became of a request',
      description: 'To whoever asked: where it stands, and what was said for him.',
    }),
  )
  @ApiAnswer(TrackedRequest)
  async track(@Param('uuid') uuid: string, @Param('tracking_token') token: string, @Req() request: Request): Promise<Answer> {
    return new Answer(await this.portal.track(uuid, token, this.callerOf(request)));
  }

  private callerOf({ id, socket, headers }: Request): Caller {
    return { requestId: id, address: this.proxies.addressOf(socket.remoteAddress ?? '', headers['x-forwarded-for']?.toString()) };
  }
}
