import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { mayReadAt } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import { instantText } from '#millwright/fields';
import { PersonalTraces } from '#millwright/people';
import type { CommentedKind } from './read-models/comments.js';

type CommentOfPerson = Readonly<{ comment_id: string; entity_id: string; kind: CommentedKind; text: string | null; said_at: Date }>;

/** What somebody has said about records is told where all that is known of him is asked; it belongs to the records, and stays with them. */
@Injectable()
export class CommentTraces implements OnModuleInit {
  constructor(
    private readonly traces: PersonalTraces,
    private readonly database: DataSource,
  ) {}

  onModuleInit(): void {
    this.traces.register({ find: { comments: ({ id }) => this.commentsOf(id) } });
  }

  private async commentsOf(userId: number): Promise<Row[]> {
    const rows = await this.database.query<CommentOfPerson[]>(
      `SELECT comment.id AS comment_id, comment.entity_id, comment.created_at AS said_at,
              CASE WHEN work_order_id IS NULL THEN 'work_order_request' ELSE 'work_order' END AS kind,
              CASE WHEN withdrawn_at IS NULL THEN kept.content END AS text
       FROM read.comments comment LEFT JOIN app.kept_texts kept ON kept.id = comment.text_id
       WHERE comment.created_by_id = $1 ORDER BY comment.id`,
      [userId],
    );
    const seen = rows.filter(({ entity_id, kind }) => mayReadAt(Number(entity_id), `${kind}s:read`));
    return seen.map(({ comment_id, entity_id, text, said_at }) => ({
      comment_id: Number(comment_id),
      entity_id: Number(entity_id),
      text,
      said_at: instantText(said_at.toISOString()),
    }));
  }
}
