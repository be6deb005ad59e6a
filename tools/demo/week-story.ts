import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { table } from '../table.js';
import type { Story } from './story.js';

type Portal = Readonly<{ id: number; uuid: string }>;
type Plant = Readonly<{ screen: number; bearing: number; technician: number; template: number; portal: Portal }>;
type Asked = Readonly<{ tracking_token: string }>;
type Tracked = Readonly<{ status: string }>;
type WorkOrderRequest = Readonly<{ id: number; title: string; status: string }>;
type WorkOrder = Readonly<{ id: number; total_costs: Readonly<{ labor: number; parts: number; other: number; total: number }> }>;
type Procedure = Readonly<{ id: number; completed_at: string | null; items: readonly Readonly<{ id: number; name: string }>[] }>;
type Explained = Readonly<{
  lines: readonly Readonly<{ kind: string; amount: number | null; explanation: string; event: Readonly<{ position: string }> }>[];
}>;
type Reliability = Readonly<{ failures: number; downtime_hours: number; mttr_hours: number | null }>;
type Occurrence = Readonly<{ number: number; date: string; status: string; work_order_id: number | null }>;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** 5 s are promised from the date of an occurrence until its order is there; a busy machine may take longer. */
const raisedWithinMs = 30_000;
const completed = 5;

/** A week in a plant: somebody asks, parts and time go into the order, a machine stands and runs again, and a schedule raises what comes next. */
export class WeekStory {
  private readonly now = Date.now();

  constructor(
    private readonly story: Story,
    private readonly url: string,
  ) {}

  async tell(): Promise<void> {
    const plant = await this.monday();
    const { order, token } = await this.tuesday(plant);
    await this.wednesday(plant, order);
    await this.thursday(plant, order, token);
    await this.friday(plant);
    await this.explain(order);
  }

  /** What is there before anything happens. */
  private async monday(): Promise<Plant> {
    const { story } = this;
    story.say('Monday. A small plant: a hall, a screen, a part on the shelf, somebody who works, and what is asked at every repair.');
    const hall = await story.create('/locations', { location: { name: 'Crushing hall' } });
    const screen = await story.create('/assets', { asset: { name: 'Screen 2', location_id: hall.id } });
    const bearing = await story.create('/parts', { part: { name: 'Spherical roller bearing', min_qty: 4, assets_ids: [screen.id] } });
    await story.change(`/parts/${bearing.id}/restock`, { quantity: 10, cost: '12.50', note: 'Delivery note 4711' });
    await story.change(`/parts/${bearing.id}/restock`, { quantity: 5, cost: '13.10' });
    const technician = await story.create('/users', {
      user: { name: 'Ada', surname: 'Moreau', job_title: 'Mechanic', regular_rate: '41.00' },
    });
    const template = await story.create('/procedure_templates', {
      procedure_template: {
        name: 'After a bearing was changed',
        items: [
          { name: 'Bearing temperature after an hour', item_type: 'number', options: { required: true, unit: '°C', min: 10, max: 80 } },
          { name: 'Guard in place', item_type: 'checkbox', options: { required: true } },
        ],
      },
    });
    const portal = await story.create<Portal>('/request_portals', {
      request_portal: { title: 'Something is wrong at the screens', asset_id: screen.id, location_id: hall.id },
    });
    story.say(`  asset ${screen.id} "Screen 2", part ${bearing.id}: 10 at 12.50 and 5 at 13.10, user ${technician.id}: 41.00 an hour\n`);
    return { screen: screen.id, bearing: bearing.id, technician: technician.id, template: template.id, portal };
  }

  /** Somebody without a key asks, and an order comes of it. */
  private async tuesday({ screen, technician, template, portal }: Plant): Promise<{ order: number; token: string }> {
    const { story } = this;
    const { tracking_token: token } = await this.atPortal<Asked>(`/${portal.uuid}/requests`, {
      title: 'Screen 2 knocks',
      priority: 'high',
      name: 'Night shift',
    });
    const [asked] = await story.read<WorkOrderRequest[]>('/work_order_requests', { sort: 'id desc', per_page: 1 });
    if (!asked) throw new Error('the request of the portal is not there');
    story.say(`Tuesday. Somebody at the screens asks through the portal, without a key: request ${asked.id} "${asked.title}".`);
    await story.create(`/assets/${screen}/downtimes`, { downtime: { started_at: this.ago(150), reason: 'Bearing knocks' } });
    const order = await story.create<WorkOrder>(`/work_order_requests/${asked.id}/convert`, {
      work_order: { technicians_ids: [technician], procedure_template_ids: [template] },
    });
    story.say(`  It becomes work order ${order.id}; the screen stands, and the portal says "${await this.tracked(portal, token)}".\n`);
    return { order: order.id, token };
  }

  /** Parts and time go into the order. */
  private async wednesday({ bearing, technician }: Plant, order: number): Promise<void> {
    const { story } = this;
    await story.create(`/work_orders/${order}/parts`, { part_id: bearing, quantity: 4 });
    await story.create(`/work_orders/${order}/labor_entries`, {
      labor_entry: { technician_id: technician, started_at: this.ago(130), ended_at: this.ago(30), note: 'Bearings changed' },
    });
    await story.create(`/work_orders/${order}/other_costs`, { other_cost: { amount: '120.00', note: 'Crane' } });
    const [procedure] = await story.read<Procedure[]>(`/work_orders/${order}/procedures`);
    if (!procedure) throw new Error('the procedure of the order is not there');
    const [temperature, guard] = procedure.items;
    await story.change(`/work_orders/${order}/procedures/${procedure.id}`, {
      answers: [
        { item_id: temperature?.id, value: 46.5 },
        { item_id: guard?.id, value: true },
      ],
    });
    story.say('Wednesday. Four bearings, an hour and forty minutes at 41.00, a crane for 120.00; the two questions are answered.\n');
  }

  /** The machine runs again, and whoever asked can see it. */
  private async thursday({ screen, portal }: Plant, order: number, token: string): Promise<void> {
    const { story } = this;
    const [downtime] = await story.read<{ id: number }[]>(`/assets/${screen}/downtimes`);
    if (!downtime) throw new Error('the downtime is not there');
    await story.change(`/assets/${screen}/downtimes/${downtime.id}`, { downtime: { ended_at: this.ago(30), work_order_id: order } });
    await story.change(`/work_orders/${order}`, { work_order: { status_id: completed } });
    const { labor, parts, other, total } = (await story.read<WorkOrder>(`/work_orders/${order}`)).total_costs;
    story.say(`Thursday. The screen runs, order ${order} is completed, and the portal says "${await this.tracked(portal, token)}".`);
    story.say('\nWhat it cost, worked out by hand beside it (average of the part 12.70; 100 minutes at 41.00):\n');
    const rows = [
      ['parts', story.figure(parts, 50.8), '4 × 12.70'],
      ['labor', story.figure(labor, 68.33), '68.333333, rounded on the account of order and person'],
      ['other', story.figure(other, 120), ''],
      ['total', story.figure(total, 239.13), ''],
    ];
    story.say(table(['', 'cost', 'why'], rows));
    const { failures, downtime_hours, mttr_hours } = await story.read<Reliability>(`/assets/${screen}/reliability`, {
      from: new Date(Date.now() - 7 * dayMs).toISOString(),
      to: new Date().toISOString(),
    });
    story.say(
      `\nHow the screen did in the last seven days: ${story.figure(failures, 1, 0)} failure, ${story.figure(downtime_hours, 2)} h down, ` +
        `${story.figure(mttr_hours, 2)} h until it ran again.\n`,
    );
  }

  /** What is due raises itself. */
  private async friday({ screen, bearing, technician }: Plant): Promise<void> {
    const { story } = this;
    const { id } = await story.create('/pm_schedules', {
      pm_schedule: {
        title: 'Grease the screens',
        start_date: this.ago(1),
        repeat_frequency: 'week',
        time_to_complete: 8,
        template_work_order: { asset_id: screen, technicians_ids: [technician], part_assignments: [{ part_id: bearing, quantity: 1 }] },
      },
    });
    const raised = await this.raised(id);
    story.say(
      `Friday. Schedule ${id} says so, every week: its first order, ${raised.work_order_id}, opened itself, with a bearing reserved for it.\n`,
    );
  }

  private async raised(schedule: number): Promise<Occurrence> {
    const range = { from: new Date(Date.now() - dayMs).toISOString(), to: new Date(Date.now() + dayMs).toISOString() };
    for (const until = Date.now() + raisedWithinMs; Date.now() < until; await pause(200)) {
      const occurrences = await this.story.read<Occurrence[]>(`/pm_schedules/${schedule}/occurrences`, range);
      const first = occurrences.find(({ status, work_order_id: order }) => status === 'raised' && order !== null);
      if (first) return first;
    }
    throw new Error('the schedule has raised nothing');
  }

  private async explain(order: number): Promise<void> {
    this.story.say(`Why does it cost that? GET /work_orders/${order}/explain, and the event behind every line:\n`);
    const { lines } = await this.story.read<Explained>(`/work_orders/${order}/explain`);
    const rows = lines.map(({ kind, amount, explanation, event }) => [event.position, kind, amount?.toFixed(2) ?? '', explanation]);
    this.story.say(table(['event', 'kind', 'amount', 'why'], rows));
    const posted = lines.reduce((cents, { amount }) => cents + Math.round((amount ?? 0) * 100), 0) / 100;
    this.story.say(`\nThe lines add up to ${this.story.figure(posted, 239.13)}.`);
  }

  private async tracked({ uuid }: Portal, token: string): Promise<string> {
    return (await this.atPortal<Tracked>(`/${uuid}/requests/${token}`)).status;
  }

  /** What anybody may do who knows the address: no key goes with it. */
  private async atPortal<T>(path: string, body?: unknown): Promise<T> {
    const answer = await request(`${this.url}/api/v1/portal${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const { data } = (await answer.body.json()) as { data: T };
    if (answer.statusCode >= 400) throw new Error(`the portal answered ${answer.statusCode}`);
    return data;
  }

  /** So many minutes before the story began, in whole seconds. */
  private ago(minutes: number): string {
    const second = Math.floor((this.now - minutes * minuteMs) / 1000) * 1000;
    return new Date(second).toISOString();
  }
}
