import { GraphQLError, parse, type DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { Rejection } from '#millwright/event-sourcing';
import { assertSize } from './document-text.js';
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
    throw new Rejection('MALFORMED_REQUEST', 'the GraphQL document cannot be read');
  }
}
