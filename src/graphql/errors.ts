import { defineErrors } from '#millwright/event-sourcing';

/** What is said of a GraphQL document. */
export const graphqlErrors = defineErrors({
  details: {
    does_not_fit_schema: 'The GraphQL document does not fit the schema.',
    too_costly: 'The GraphQL document asks for too many fields.',
    too_many_aliases: 'The GraphQL document has too many aliases.',
    too_many_fields: 'The GraphQL document selects too many fields.',
    too_many_fragments: 'The GraphQL document has too many fragments.',
    too_many_repetitions: 'The GraphQL document repeats too many fields.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    graphql: typeof graphqlErrors;
  }
}
