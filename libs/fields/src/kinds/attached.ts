import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { defineField, type Class, type Form } from '../field-definition.js';
import { asRead, sentBack } from './as-read.js';

const url = { nullable: true };

@ObjectType('AttachmentUrls', { description: 'Where smaller versions of a picture are.' })
class AttachmentUrls {
  @Field(() => String, { ...url, description: 'Of at most 200 pixels on the longer side.' }) small?: string | null;
  @Field(() => String, { ...url, description: 'Of at most 800 pixels on the longer side.' }) medium?: string | null;
  @Field(() => String, { ...url, description: 'Of at most 1,600 pixels on the longer side.' }) large?: string | null;
}

@ObjectType('Attachment', { description: 'A file that was attached to a record.' })
class Attachment {
  @Field(() => ID, { description: 'The number of the attachment, the same over REST.' }) id!: number;
  @Field(() => String, { description: 'Where it is.' }) url!: string;
  @Field(() => String, { description: 'Where it can be downloaded for a while, without a key.' }) downloadUrl!: string;
  @Field(() => Int, { description: 'How large it is, in bytes.' }) size!: number;
  @Field(() => String, { description: 'Its media type.' }) type!: string;
  @Field(() => String, { description: 'What the file is called.' }) name!: string;
  @Field(() => AttachmentUrls, { ...url, description: 'Smaller versions of a picture.' }) attachmentUrls?: AttachmentUrls | null;
}

@ObjectType('AttachmentImage', { description: 'The first picture of a record, in the sizes that lists show.' })
class AttachmentImage {
  @Field(() => String, { ...url, description: 'Of at most 200 pixels on the longer side.' }) small?: string | null;
  @Field(() => String, { ...url, description: 'Of at most 800 pixels on the longer side.' }) medium?: string | null;
}

/**
 * Files that are attached to a record: none before files can be. `only` as in `PrintedFacet`; `isSentBack`: requests may have them, as they were read.
 */
export const AttachedFiles =
  ({ description, only, isSentBack = false }: Readonly<{ description: string; only?: Form; isSentBack?: boolean }>): PropertyDecorator =>
  (target, property) => {
    const name = String(property);
    const openApi = { type: 'array', items: { type: 'object' } };
    defineField(target.constructor as Class, {
      name,
      description: isSentBack ? `${description} ${sentBack}` : description,
      ...(isSentBack && { input: asRead(openApi) }),
      printed: { name, openApi, only, print: () => [] },
      output: { name, type: () => [Attachment], nullable: false, resolve: () => [] },
    });
  };

/** The first picture of a record, as lists show it. */
export const AttachedImage =
  ({ description }: Readonly<{ description: string }>): PropertyDecorator =>
  (target, property) => {
    const name = String(property);
    defineField(target.constructor as Class, {
      name,
      description,
      printed: { name, openApi: { type: 'object', nullable: true }, only: 'row', print: () => null },
      output: { name, type: () => AttachmentImage, nullable: true, resolve: () => null },
    });
  };
