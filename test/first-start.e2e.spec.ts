import { TestServer } from './harness/server.js';

let app: TestServer;
beforeAll(async () => void (app = await TestServer.start({ emptyDatabase: true })));
afterAll(() => app.stop());

describe('a new installation', () => {
  it('tells in the audit trail of its first site what it began with', async () => {
    const { data } = await app.get('/audit_trail').expect(200);
    expect(data.map(({ sequence, stream }: { sequence: number; stream: string }) => [sequence, stream])).toEqual([
      [1, 'customer-1'],
      [2, 'entity-1'],
      [3, 'user-1'],
      ...[1, 2, 3, 4, 5].map((id) => [3 + id, `workOrderStatus-${id}`]),
      [9, 'measurementUnit-1'],
      [10, 'storeroom-1'],
    ]);
  });

  it('keeps its last site, also when two are archived at once', async () => {
    expect((await app.delete('/entities/1').expect(409)).error.code).toBe('CONFLICT');
    const { id } = (await app.post('/entities', { entity: { name: 'Second' } }).expect(201)).data as { id: number };
    const answers = await Promise.all([app.delete('/entities/1'), app.delete(`/entities/${id}`)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    const { data } = await app.get('/entities').expect(200);
    expect(data).toHaveLength(1);
    const archived = data[0].id === 1 ? id : 1;
    await app.delete(`/entities/${archived}`).expect(204);
    await app.patch(`/entities/${archived}/unarchive`).expect(200);
    await app.delete(`/entities/${data[0].id}`).expect(204);
  });
});
