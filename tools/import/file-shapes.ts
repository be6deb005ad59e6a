/** How numbers are written in a file: with a point or a comma before the decimals; undefined where no cost tells. */
export type DecimalMark = '.' | ',';

const groupedByCommas = /^\d{1,3}(,\d{3})+(\.\d+)?$/;
const groupedByPoints = /^\d{1,3}(\.\d{3})+(,\d+)?$/;

/** The mark that one number leaves no doubt about. `1,234` and `1.234` may be either. */
function certainMark(number: string): DecimalMark | undefined {
  if (/^\d{1,3}(,\d{3})+\.\d+$/.test(number) || (/^\d+\.\d+$/.test(number) && !groupedByPoints.test(number))) return '.';
  if (/^\d{1,3}(\.\d{3})+,\d+$/.test(number) || (/^\d+,\d+$/.test(number) && !groupedByCommas.test(number))) return ',';
  if (/^\d{1,3}(,\d{3}){2,}$/.test(number)) return '.';
  return /^\d{1,3}(\.\d{3}){2,}$/.test(number) ? ',' : undefined;
}

/** `(50.00)` is how accountants write a credit. */
const unsigned = (cost: string): string => /^\((.*)\)$/.exec(cost)?.[1]?.trim() ?? cost.replace(/^[-\u2212]\s*/, '');

/** What the costs of a file say together. Where they contradict each other, the point is taken, and the others are refused one by one. */
export class DecimalMarks {
  private readonly found = new Set<DecimalMark>();

  add(cost: string): void {
    const mark = certainMark(unsigned(cost));
    if (mark !== undefined) this.found.add(mark);
  }

  get together(): DecimalMark | undefined {
    return this.found.has('.') ? '.' : this.found.has(',') ? ',' : undefined;
  }
}

/** `isBracketed` and `isGrouped`: it was written in another way than its decimal is. */
export type ReadCost = Readonly<{ cost: string; isBracketed: boolean; isGrouped: boolean }>;

/** A cost as a canonical decimal, or why it is none: what is wrong with it, and what to write. */
export function costOf(text: string, mark: DecimalMark | undefined): ReadCost | Readonly<{ reason: string }> {
  if (text === '') return { reason: "Cost '' is empty; write 0 where there was none" };
  const negative = /^[-\u2212]/.test(text) || /^\(.*\)$/.test(text);
  const number = unsigned(text);
  const sign = /[^\d.,\s()+-]/.exec(number)?.[0];
  const plain = number.replace(/^[^\d]+|[^\d]+$/g, '');
  if (sign !== undefined && /^\p{Sc}$/u.test(sign))
    return { reason: `Cost '${text}' has a sign of a currency; write ${negative ? '-' : ''}${plain}` };
  if (!/^\d[\d.,]*$/.test(number)) return { reason: `Cost '${text}' is no number; write one like 1234.50, or -50.00 for a credit` };
  const own = certainMark(number);
  if (own !== undefined && mark !== undefined && own !== mark)
    return {
      reason: `Cost '${text}' has a ${own === ',' ? 'comma' : 'point'} before its decimals, others in this file a ${mark === ',' ? 'comma' : 'point'}; write it like them`,
    };
  const decimals = own ?? mark;
  if (decimals === undefined && /[.,]/.test(number))
    return { reason: `Cost '${text}' may be a thousand times as much; write it with its decimals, like ${number.replace(/[.,]/g, '')}.00` };
  const grouped = decimals === ',' ? groupedByPoints : groupedByCommas;
  if (/[.,].*[.,]/.test(number) && !grouped.test(number)) return { reason: `Cost '${text}' is no number; write one like 1234.50` };
  const value = decimals === ',' ? number.replaceAll('.', '').replace(',', '.') : number.replaceAll(',', '');
  return { cost: canonical(negative, value), isBracketed: text.startsWith('('), isGrouped: value.length < number.length };
}

function canonical(negative: boolean, value: string): string {
  const [whole = '0', fraction = ''] = value.split('.');
  const decimals = fraction.replace(/0+$/, '');
  const digits = whole.replace(/^0+(?=\d)/, '') + (decimals === '' ? '' : `.${decimals}`);
  return negative && digits !== '0' ? `-${digits}` : digits;
}

const earliest = '1900-01-01';

/** A date as `2021-01-05`, or why it is none. Only what can be one day is taken, and none after the latest that a job can be done on. */
export function dateOf(text: string, latest: string): Readonly<{ date: string; isGerman: boolean } | { reason: string }> {
  const refused = (what: string): Readonly<{ reason: string }> => ({ reason: `BscStartDate '${text}' ${what}` });
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  const german = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  const [year, month, day] = iso ? iso.slice(1) : german ? [german[3], german[2], german[1]] : [];
  const date = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
  if ((iso || german) && isCalendarDay(date)) {
    if (date < earliest) return refused(`is before ${earliest}; write the day on which the job was done`);
    if (date > latest) return refused('lies in the future; write the day on which the job was done');
    return { date, isGerman: !iso };
  }
  if (/^\d{1,2}\/\d{1,2}\/\d{4}$/.test(text)) return refused('may be day/month or month/day; write YYYY-MM-DD');
  if (/^\d{5}([.,]\d+)?$/.test(text)) {
    const serial = new Date(Date.UTC(1899, 11, 30) + Math.floor(Number(text.replace(',', '.'))) * 86_400_000).toISOString().slice(0, 10);
    return refused(`is a spreadsheet's number for a day (perhaps ${serial}); write YYYY-MM-DD`);
  }
  if (text === '') return refused('is empty; write the day as YYYY-MM-DD');
  return refused(`is ${iso || german ? 'no day of the calendar' : 'written in a way that is not read here'}; write YYYY-MM-DD`);
}

function isCalendarDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** A name as it is stored: composed letters, single blanks, none at its ends. */
export const nameOf = (text: string): string => text.normalize('NFC').replace(/\s+/g, ' ').trim();

/** Names that differ only in what is easily overlooked: case, accents, blanks, marks, signs that nobody sees. */
export class LookAlikes {
  private readonly first = new Map<string, string>();
  private readonly others = new Set<string>();

  add(name: string): void {
    const folded = name
      .normalize('NFKD')
      .replace(/[\p{M}\p{P}\p{Cf}\s]/gu, '')
      .toLowerCase();
    const known = this.first.get(folded);
    if (known === undefined) this.first.set(folded, name);
    else if (known !== name) this.others.add(`${shown(known)} and ${shown(name)}`);
  }

  get pairs(): readonly string[] {
    return [...this.others];
  }
}

/** A sign that cannot be seen stands there by its number. */
const shown = (name: string): string =>
  `'${name.replace(/\p{Cf}/gu, (sign) => `<U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`)}'`;
