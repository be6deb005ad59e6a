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
/** What stands between lines. Neither it nor what stands between fields is in any text of them: what is from outside is JSON, which escapes both. */
export const lineSeparator = '\u001e';

const number = (value: number | null): string => (value === null ? '' : String(value));

/** The fields of a line in the order in which the database takes them (app.chain_api_calls), without kind and id. */
export const askedText = (asked: Asked): string => {
  const { at, requestId, credential, userId, entityId, addressId, agentId, method, route, ids, bytesIn, audit, summary } = asked;
  const who = `${credential?.kind ?? ''}${separator}${credential?.id ?? ''}${separator}${number(userId)}${separator}${number(entityId)}`;
  const from = `${number(addressId)}${separator}${number(agentId)}`;
  const what = `${method}${separator}${route ?? ''}${separator}${ids.length > 0 ? `{${ids.join(',')}}` : ''}${separator}${number(bytesIn)}`;
  return `${at.toISOString()}${separator}${requestId}${separator}${who}${separator}${from}${separator}${what}${separator}${audit ? 't' : 'f'}${separator}${summary ?? ''}`;
};

/** The fields that follow these. */
export const answeredText = ({ status, code, durationUs, bytesOut, error }: Answered): string =>
  `${status}${separator}${code ?? ''}${separator}${durationUs}${separator}${number(bytesOut)}${separator}${error ?? ''}`;

/** What was found out of a call while it was carried out: who it was, and where he came from. */
export type Found = Pick<Asked, 'credential' | 'userId' | 'addressId' | 'agentId'>;

/** What stands with the answer of a call whose line had begun as nobody's. */
export const foundText = ({ credential, userId, addressId, agentId }: Found): string =>
  [
    ...['', '', credential?.kind ?? '', credential?.id ?? '', number(userId)],
    ...['', number(addressId), number(agentId)],
    separator.repeat(5),
  ].join(separator);

const notAsked = separator.repeat(13);
const notAnswered = separator.repeat(4);

/** What follows the number of the call. */
export const restOfLine = (asked: string = notAsked, answered: string = notAnswered): string =>
  `${separator}${asked}${separator}${answered}`;

export const lineOf = (kind: LineKind, id: number, rest: string): string => `${kind}${separator}${id}${rest}`;
