import { GraphQLError, Lexer, parse, Source, TokenKind, type DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { assertSize } from './document-text.js';
import { unreadable } from './graphql-errors.js';
import { assertShape, limits } from './limits.js';

/** The documents that were read and found to be of a size that can be carried out; clients send the same few again and again. */
export class Documents {
  private readonly known = new LRUCache<string, DocumentNode>({ max: 500, maxSize: 5_000_000, sizeCalculation: (_, text) => text.length });

  /** @throws Rejection MALFORMED_REQUEST, VALIDATION_FAILED for one that is too much */
  read(text: string): DocumentNode {
    const known = this.known.get(text);
    if (known) return known;
    assertSize(text);
    const document = parsed(text);
    assertShape(document);
    this.known.set(text, document);
    return document;
  }
}

function parsed(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: limits.tokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const found = tokensOf(text);
    if (found > limits.tokens) throw unreadable(`the GraphQL document has ${found} tokens; at most ${limits.tokens} are allowed`);
    const [place] = error.locations ?? [];
    throw unreadable(`the GraphQL document cannot be read${place ? ` at line ${place.line}, column ${place.column}` : ''}`);
  }
}

/** How many tokens a text has, as far as it is made of tokens. */
function tokensOf(text: string): number {
  const lexer = new Lexer(new Source(text));
  let found = 0;
  try {
    while (lexer.advance().kind !== TokenKind.EOF) found++;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  return found;
}
