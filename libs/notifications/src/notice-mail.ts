import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PublicUrl } from '#millwright/credentials';
import { channel, EventStore, OutboxChannels, type Message, type RecordHistory } from '#millwright/event-sourcing';
import { MailServer, mailServers } from '#millwright/mail';
import { workOrderRequest } from '#millwright/requests';
import { entities as sites } from '#millwright/sites';
import { workOrder, type WorkOrder } from '#millwright/work-orders';
import { Addressees, type Addressed } from './addressees.js';
import { noticesChannel } from './channel-name.js';
import { idsIn, type Notice, type OrderOccasion, type RequestOccasion } from './domain/notices.js';
import { orderText, requestText, type NoticeFacts, type NoticeText } from './notice-texts.js';

type Written = Readonly<{ to: Addressed; text: NoticeText }>;

/** What is told only while there is something to be done. */
const toBeDone: readonly OrderOccasion[] = ['assigned', 'given', 'changed', 'reopened'];

/** Writes what is told of work orders and requests: as they are by then, and not where it is of no concern any more. */
@Injectable()
export class NoticeMail implements OnModuleInit {
  constructor(
    private readonly server: MailServer,
    private readonly addressees: Addressees,
    private readonly events: EventStore,
    private readonly publicUrl: PublicUrl,
    private readonly channels: OutboxChannels,
  ) {}

  onModuleInit(): void {
    const deliver = (message: Message, signal: AbortSignal): Promise<void> => this.deliver(message, signal);
    this.channels.register(channel({ name: noticesChannel, through: mailServers, deliver }));
  }

  private async deliver({ id, receiver, content }: Message, signal: AbortSignal): Promise<void> {
    this.server.requireReady();
    const notice = content as Notice;
    const [kind = '', number = ''] = receiver.split(':');
    const written =
      'requestId' in notice
        ? await this.ofRequest(notice.about, notice.requestId)
        : await this.ofOrder(notice.about, notice.workOrderId, { kind, id: Number(number) });
    if (written) await this.server.send({ id, to: written.to.receiver, ...written.text }, signal);
  }

  private async ofOrder(
    about: OrderOccasion,
    workOrderId: number,
    addressee: Readonly<{ kind: string; id: number }>,
  ): Promise<Written | undefined> {
    const { state: order } = await this.events.load(workOrder, workOrderId);
    if (order.archived || !isHis(order, addressee) || (toBeDone.includes(about) && isOver(order))) return undefined;
    const to = await (addressee.kind === 'vendor' ? this.addressees.vendor(addressee.id) : this.addressees.person(addressee.id));
    if (!to) return undefined;
    const facts = await this.facts(to, order, { number: workOrderId, page: 'work_orders', scope: 'work_orders:read' });
    return { to, text: orderText(about, facts) };
  }

  private async ofRequest(about: RequestOccasion, requestId: number): Promise<Written | undefined> {
    const { state: request } = await this.events.load(workOrderRequest, requestId);
    const to = request.archived ? undefined : await this.addressees.makerOf(requestId);
    if (!to) return undefined;
    const facts = await this.facts(to, request, { number: requestId, page: 'work_order_requests', scope: 'work_order_requests:read' });
    const reason = about === 'rejected' && facts.title !== null ? request.rejectionReason : null;
    return { to, text: requestText(about, { ...facts, due: null, reason }) };
  }

  /** Whoever may not read such records is told that there is one for him, and no more. */
  private async facts(
    to: Addressed,
    { details, history }: Readonly<{ details: Readonly<Record<string, unknown>>; history: RecordHistory | undefined }>,
    { number, page, scope }: Readonly<{ number: number; page: string; scope: string }>,
  ): Promise<NoticeFacts> {
    const entityId = history?.entityId ?? null;
    const isShown = entityId !== null && (await to.mayRead(scope, entityId));
    const said = (name: string): string | null => (isShown && typeof details[name] === 'string' ? details[name] : null);
    return {
      number,
      name: to.receiver.name,
      language: to.language,
      title: said('title'),
      due: said('dueDate'),
      timeZone: await this.timeZoneOf(entityId),
      reason: null,
      link: to.hasPages ? `${this.publicUrl.text}/app/${page}/${number}` : null,
    };
  }

  private async timeZoneOf(entityId: number | null): Promise<string> {
    const { timezone } = entityId === null ? {} : (await this.events.load(sites.stream, entityId)).state.values;
    return typeof timezone === 'string' ? timezone : 'Etc/UTC';
  }
}

const isOver = ({ phase }: WorkOrder): boolean => phase === 'completed' || phase === 'cancelled';

/** Whether it is still his to do. */
const isHis = ({ details }: WorkOrder, { kind, id }: Readonly<{ kind: string; id: number }>): boolean =>
  idsIn(details, kind === 'vendor' ? 'vendorsIds' : 'techniciansIds').includes(id);
