import { Injectable, type OnModuleInit } from '@nestjs/common';
import { IdempotencyKeys } from '#millwright/access';
import { ExternalReferences, PersonalValues, type RecordValues } from '#millwright/resources';
import { PersonalTraces, type SoughtPerson } from './personal-traces.js';
import { users } from './users.js';

/** What an erased person is shown as. */
export const erasedPerson = (userId: number): RecordValues => ({ name: `Erased user ${userId}` });

/** From this length on a text is looked for inside of others, too; a shorter one would be found in everything. */
const longEnough = 4;

/** What is kept of a person as such: his own values, what he is known by, and the answers that name him. */
@Injectable()
export class UserTraces implements OnModuleInit {
  constructor(
    private readonly traces: PersonalTraces,
    private readonly values: PersonalValues,
    private readonly references: ExternalReferences,
    private readonly keys: IdempotencyKeys,
  ) {}

  onModuleInit(): void {
    this.traces.registerPerson({
      known: (userId) => this.known(userId),
      erase: (userId) => this.values.replaceAll(users.name, userId, erasedPerson(userId)),
    });
    this.traces.register({
      erase: async (person) => {
        await this.references.erase(users.name, person.id);
      },
      comb: (person, since) => {
        const holding = saidInAnswers(person);
        return this.keys.forgetAnswers({ holding, isSought: () => true, ...(since && { since }) });
      },
    });
  }

  private async known(id: number): Promise<Omit<SoughtPerson, 'places'>> {
    const versions = await this.values.all(users.name, id);
    const placeholder = erasedPerson(id)['name'];
    const texts = versions.flatMap((values) => [...Object.values(values), wholeName(values)]);
    const said = texts.filter((text): text is string => typeof text === 'string' && text !== placeholder && isTelling(text));
    return { id, texts: [...new Set(said)], emails: versions.flatMap(({ email }) => (typeof email === 'string' ? [email] : [])) };
  }
}

const wholeName = ({ name, surname }: Readonly<{ name?: unknown; surname?: unknown }>): string =>
  [name, surname].filter((part) => typeof part === 'string').join(' ');

/** A rate or a tag of a language says nothing of who it is. */
const isTelling = (text: string): boolean => text !== '' && !/^(\d+(\.\d+)?|[a-z]{2,3}(-\w+)*)$/.test(text);

/** How answers in JSON say it, over REST and GraphQL; what they say of his number may be of another record's, whose answer is then made anew, too. */
function saidInAnswers({ id, texts }: Pick<SoughtPerson, 'id' | 'texts'>): string[] {
  const byText = texts.map((text) => (text.length < longEnough ? JSON.stringify(text) : JSON.stringify(text).slice(1, -1)));
  return [...byText, `"id":${id},"name":`, `"id":"${id}"`];
}
