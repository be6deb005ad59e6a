import { ApiError, type ApiClient } from '../api-client.js';
import { createOnce, refusesOneRow, type Site } from './requests.js';

/** The records of a site that rows name, found when a row first names them, and created where they are missing. */
export class NamedRecords {
  private readonly ids = new Map<string, Promise<number | ApiError>>();

  constructor(
    private readonly client: ApiClient,
    private readonly site: Site,
    private readonly collection: 'assets' | 'categories',
    private readonly root: 'asset' | 'category',
  ) {}

  /** @throws ApiError when the name is refused, with each of its rows; when the server stays away */
  async idOf(name: string): Promise<number> {
    const known = this.ids.get(name) ?? this.find(name);
    this.ids.set(name, known);
    const id = await known;
    if (id instanceof ApiError) throw id;
    return id;
  }

  private async find(name: string): Promise<number | ApiError> {
    try {
      return await this.findOrCreate(name);
    } catch (error) {
      if (error instanceof ApiError && refusesOneRow(error)) return error;
      throw error;
    }
  }

  private async findOrCreate(name: string): Promise<number> {
    const found = await this.named(name);
    if (found !== undefined) return found;
    const archived = await this.named(name, { 'filter[archived_true]': 'true' });
    if (archived !== undefined)
      throw new ApiError(
        409,
        'CONFLICT',
        `${this.root} '${name}' is archived; bring it back (PATCH /${this.collection}/${archived}/unarchive), or write another name`,
        undefined,
      );
    const body = { [this.root]: { name, external_reference: name } };
    return (await createOnce(this.client, this.site.id, `/${this.collection}`, body)).id;
  }

  private async named(name: string, more: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    const query = { 'filter[name_eq]': name, sort: 'id asc', per_page: 1, ...more };
    return (await this.client.get<{ id: number }[]>(`/${this.collection}`, query)).data[0]?.id;
  }
}
