/** What a line is: that a write has begun, that it was answered, or all of a call. */
export type LineKind = 1 | 2 | 3;

export const lineKinds = { begun: 1, answered: 2, whole: 3 } as const;

/** What is known of a call before it is answered. None of it is text from outside. */
export type Asked = Readonly<{
  at: Date;
  requestId: string;
  credential: Readonly<{ kind: string; id: string }> | null;
  userId: number | null;
  entityId: number | null;
  addressId: number | null;
  agentId: number | null;
  method: string;
  /** The pattern, as in the OpenAPI document; null for a path that nobody knows. */
  route: string | null;
  ids: readonly number[];
  bytesIn: number | null;
  /** It reads what others have done (S80). */
  audit: boolean;
  /** JSON of names, counts and ids that are known. */
  summary: string | null;
}>;

/** What became of a call. */
export type Answered = Readonly<{ status: number; code: string | null; durationUs: number; bytesOut: number | null; error: string | null }>;

const separator = '\u001f';
/** What separates fields and lines, and what no text of a database holds. */
const separating = /[\u0000\u001e\u001f]/g;

const text = (value: string | null): string => (value === null ? '' : value.replace(separating, ''));
const number = (value: number | null): string => (value === null ? '' : String(value));

/** The fields of a line in the order in which the database takes them (app.keep_api_calls), without kind and id. */
export const askedText = (asked: Asked): string =>
  [
    asked.at.toISOString(),
    asked.requestId,
    text(asked.credential?.kind ?? null),
    text(asked.credential?.id ?? null),
    number(asked.userId),
    number(asked.entityId),
    number(asked.addressId),
    number(asked.agentId),
    asked.method,
    text(asked.route),
    asked.ids.length > 0 ? `{${asked.ids.join(',')}}` : '',
    number(asked.bytesIn),
    asked.audit ? 't' : 'f',
    text(asked.summary),
  ].join(separator);

/** The fields that follow these. */
export const answeredText = ({ status, code, durationUs, bytesOut, error }: Answered): string =>
  `${status}${separator}${text(code)}${separator}${durationUs}${separator}${number(bytesOut)}${separator}${text(error)}`;

/** What was found out of a call while it was carried out: who it was, and where he came from. */
export type Found = Pick<Asked, 'credential' | 'userId' | 'addressId' | 'agentId'>;

/** What stands with the answer of a call whose line had begun as nobody's. */
export const foundText = ({ credential, userId, addressId, agentId }: Found): string =>
  [
    ...['', '', text(credential?.kind ?? null), text(credential?.id ?? null), number(userId)],
    ...['', number(addressId), number(agentId)],
    separator.repeat(5),
  ].join(separator);

const notAsked = separator.repeat(13);
const notAnswered = separator.repeat(4);

export const lineOf = (kind: LineKind, id: number, asked: string = notAsked, answered: string = notAnswered): string =>
  `${kind}${separator}${id}${separator}${asked}${separator}${answered}`;
