import type { Type } from '@nestjs/common';
import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { inGraphqlWords, type Class } from '#millwright/fields';
import { connectionFrom, connectionOf, listArgumentsOf, listComplexity, listQueryOf, type ListArguments } from '#millwright/lists';
import {
  idInputOfOther,
  idOfPath,
  Input,
  Mutations,
  Options,
  OverGraphql,
  updateInputOfOther,
  type DescribedOperation,
  type Mutated,
  type MutationOptions,
} from '#millwright/resources';
import { CredentialAnswers, credentialList, type CredentialRow } from './credential-answers.js';
import { reviewedCredentialShown } from './credential.shown.js';
import { describedKinds, listReviewedCredentials, operationsOf, type DescribedKind } from './credentials.operations.js';
import { MachineCredentials, type Decided } from './machine-credentials.js';

const told = ({ summary, description }: DescribedOperation): string => `${summary}. ${inGraphqlWords(description)}`;

const nameOfOne = (name: string): string => name.replace(/^[A-Z]/, (letter) => letter.toLowerCase());

/** Credentials of a kind over GraphQL: all but what shows a secret (contract, part 4, S31). */
function credentialsResolver(described: DescribedKind): Type {
  const { kind, name, plural, one, input, shown } = described;
  const operations = operationsOf(described);
  const what = one.replace(/^an? /, '');
  const Connection = connectionOf(name, () => shown.type);
  const Arguments = listArgumentsOf(name, credentialList);
  const Update = updateInputOfOther(what, name, input);
  const Which = idInputOfOther(what, name);

  @Resolver(() => shown.type)
  class CredentialsResolver {
    constructor(
      private readonly credentials: MachineCredentials,
      private readonly answers: CredentialAnswers,
      private readonly mutations: Mutations,
    ) {}

    @Query(() => Connection, { name: nameOfOne(plural), complexity: listComplexity, description: told(operations.list) })
    @OverGraphql(operations.list)
    async list(@Args({ type: () => Arguments }) list: ListArguments): Promise<object> {
      return connectionFrom(await this.answers.page(kind, listQueryOf(credentialList, list)));
    }

    @Query(() => shown.type, { name: nameOfOne(name), nullable: true, description: `${told(operations.show)} Refused with NOT_FOUND.` })
    @OverGraphql(operations.show)
    one(@Args('id', { type: () => ID, description: `The number of the ${what}.` }) id: string): Promise<CredentialRow> {
      return this.answers.one(kind, idOfPath(id));
    }

    @Mutation(() => shown.type, { name: operations.change.name, nullable: true, description: told(operations.change) })
    @OverGraphql(operations.change)
    change(@Input(Update) asked: { id: number }, @Options() options: MutationOptions): Promise<Row> {
      const { id, ...changes } = asked;
      return this.mutations.run(operations.change, asked, options, async () =>
        this.decided(await this.credentials.change(kind, id, changes)),
      );
    }

    @Mutation(() => shown.type, { name: operations.revoke.name, nullable: true, description: told(operations.revoke) })
    @OverGraphql(operations.revoke)
    revoke(@Input(Which) asked: { id: number }, @Options() options: MutationOptions): Promise<Row> {
      return this.mutations.run(operations.revoke, asked, options, async () => this.decided(await this.credentials.revoke(kind, asked.id)));
    }

    private async decided({ credential, position }: Decided): Promise<Mutated> {
      return { row: await this.answers.row(credential), position };
    }
  }
  Object.defineProperty(CredentialsResolver, 'name', { value: `${plural}Resolver` });
  return CredentialsResolver;
}

/** How many there are is not known before. */
const complexity = ({ childComplexity }: { childComplexity: number }): number => 100 + 100 * childComplexity;

@Resolver()
class AccessReviewResolver {
  constructor(private readonly answers: CredentialAnswers) {}

  @Query(() => [reviewedCredentialShown.type], { name: 'reviewedCredentials', complexity, description: told(listReviewedCredentials) })
  @OverGraphql(listReviewedCredentials)
  reviewedCredentials(): Promise<readonly Row[]> {
    return this.answers.review();
  }
}

export const credentialResolvers: readonly (Type | Class)[] = [
  ...describedKinds.map(credentialsResolver),
  AccessReviewResolver,
  ...[...describedKinds.map(({ shown }) => shown), reviewedCredentialShown].map(({ resolver }) => resolver),
];
