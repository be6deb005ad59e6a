import type { Row } from '#millwright/event-sourcing';
import { ShownText, type BulkRead, type Related } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';

class RequestSubmitterFields {
  @ShownText({ seenWith: 'people:read', description: 'What the person is called; null where that was not said.' }) name!: string | null;
  @ShownText({ seenWith: 'people:read', description: 'The e-mail address; null where that was not said.' }) email!: string | null;
}

/** What whoever works on a request may know of whom to ask: personal data, which goes where it is erased. */
export const requestSubmitter = defineShownType(
  'RequestSubmitter',
  RequestSubmitterFields,
  'Who asked through a portal, as the person said it there: nobody has looked whether it is so.',
);

/** Of a page of requests in one statement. */
const submitters: BulkRead<number, Row | null> = {
  async read(requestIds, database) {
    const found = await database.query<{ request_id: string; name: string | null; email: string | null }[]>(
      `SELECT request_id, name, email FROM app.portal_submissions WHERE request_id = ANY($1::bigint[]) AND coalesce(name, email) IS NOT NULL`,
      [requestIds],
    );
    const byRequest = new Map(found.map(({ request_id, name, email }) => [Number(request_id), { name, email }]));
    return requestIds.map((id) => byRequest.get(id) ?? null);
  },
};

/** Null for a request that came otherwise, and where nothing was said or it was erased. */
export const submitterOf = ({ id, request_portal_id: portal }: Row, related: Related): Row | null | Promise<Row | null> =>
  portal == null ? null : related.load(submitters, Number(id));
