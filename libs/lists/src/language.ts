import { plainLetters, type Migration } from '#millwright/event-sourcing';

/** Text in the order of people: letters before their accents and capitals, digits by what they count ("A 9" before "A 10"). For indexes and ORDER BY. */
export const inOrder = (column: string): string => `${column} COLLATE app.natural`;

/** How much of a long text has an order: an index row holds a third of a page, some 2,700 bytes, and a cursor has to fit into an address. */
export const charactersInOrder = 255;

/** What of a text that may be longer lists are sorted by, and indexes have: `inOrder(beginningOf(column))`. */
export const beginningOf = (column: string): string => `left(${column}, ${charactersInOrder})`;

/** Text without case and accents, to search in and to search for. */
export const folded = (text: string): string => `app.folded(${text})`;

const letters = Object.entries(plainLetters);
/** PostgreSQL writes one letter for another at once, but two for one only by a replacement of each. */
const [ones, ligatures] = [letters.filter(([, plain]) => plain.length === 1), letters.filter(([, plain]) => plain.length > 1)];

export const languageMigrations: readonly Migration[] = [
  {
    name: '0001-order-and-folding-of-text',
    sql: `
do $$
begin
  create collation app.natural (provider = icu, locale = 'und-u-kn-true');
exception when others then
  -- A server that was built without ICU: code points, which is said at every start.
  begin
    create collation app.natural (provider = libc, locale = 'C.utf8');
  exception when others then
    create collation app.natural from "C";
  end;
end
$$;
comment on collation app.natural is 'The root order of Unicode with digits by their value. Deterministic: what differs in a byte is not equal, so that an order with a tie breaker is total.';

create function app.folded(value text) returns text language sql immutable parallel safe
return case
  -- Plain ASCII is most text; Turkish databases make an i without a dot of its capital.
  when octet_length(value) = length(value) then replace(lower(value), 'ı', 'i')
  else translate(
    ${'replace('.repeat(ligatures.length)}
      regexp_replace(normalize(lower(value collate app.natural), NFKD), '[\\u0300-\\u036f]', '', 'g'),
      ${ligatures.map(([letter, plain]) => `'${letter}', '${plain}')`).join(', ')},
    '${ones.map(([letter]) => letter).join('')}', '${ones.map(([, plain]) => plain).join('')}')
end;
comment on function app.folded is 'Text without case, accents and ligatures. What is searched for and where it is searched go through it alike.';
`,
  },
];
