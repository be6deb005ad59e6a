/** The codes of RFC 6749, 7009 and 7662 that are answered here, and their statuses. */
const statuses = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_scope: 400,
  unsupported_grant_type: 400,
  invalid_token: 401,
  insufficient_scope: 403,
} as const;

/** A refusal of `/oauth`, in the words that clients of OAuth know. */
export class OAuthRefusal extends Error {
  readonly status: number;

  constructor(
    readonly code: keyof typeof statuses,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'OAuthRefusal';
    this.status = statuses[code];
  }
}
