import { registerEnumType } from '@nestjs/graphql';

/** A fixed set of words, spelled alike over REST and GraphQL. */
export type Choices<Word extends string = string> = Readonly<{
  /** What GraphQL calls the enum. */
  name: string;
  words: readonly Word[];
  /** The enum as GraphQL types name it. */
  graphql: Readonly<Record<Word, Word>>;
}>;

/** Makes a set of words out of what each of them means: GraphQL's enum, the check of fields and the enum of OpenAPI in one. */
export function defineChoices<Word extends string>(
  name: string,
  description: string,
  meanings: Readonly<Record<Word, string>>,
): Choices<Word> {
  const words = Object.keys(meanings) as Word[];
  const graphql = Object.fromEntries(words.map((word) => [word, word])) as Record<Word, Word>;
  const valuesMap = Object.fromEntries(words.map((word) => [word, { description: meanings[word] }])) as Record<
    Word,
    { description: string }
  >;
  registerEnumType(graphql, { name, description, valuesMap });
  return { name, words, graphql };
}
