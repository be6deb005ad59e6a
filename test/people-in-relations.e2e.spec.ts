import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const everything =
  'id name surname fullName archived revision email phoneNumber jobTitle language canBeAssignedToWo regularRate overtimeRate1 overtimeRate2 externalReference createdBy { id } updatedBy { id }';
const secrets = {
  email: null,
  phoneNumber: null,
  jobTitle: null,
  language: null,
  canBeAssignedToWo: null,
  regularRate: null,
  overtimeRate1: null,
  overtimeRate2: null,
  externalReference: null,
  createdBy: null,
  updatedBy: null,
};

describe('a person, seen through another record', () => {
  it('is a name, whatever the record and however it is read', async () => {
    const user = {
      name: 'Grace',
      surname: 'Hopper',
      email: 'grace@example.com',
      phone_number: '+1',
      job_title: 'Admiral',
      regular_rate: 41.5,
    };
    const { id } = (await app.post('/users', { user }).expect(201)).data as { id: number };
    const { createAsset } = await app.graphql(
      `mutation { createAsset(input: {name: "Pump", techniciansIds: [${id}]}) { id technicians { ${everything} } createdBy { ${everything} } } }`,
    );
    const grace = { id: String(id), name: 'Grace', surname: 'Hopper', fullName: 'Grace Hopper', archived: false, ...secrets };
    const { createWorkOrder } = await app.graphql(
      `mutation { createWorkOrder(input: {title: "x", techniciansIds: [${id}]}) { id technicians { ${everything} } asset { createdBy { ${everything} } } } }`,
    );
    const { createPart } = await app.graphql(
      `mutation { createPart(input: {name: "x", onHandQty: 1, unitCost: 1}) { updatedBy { ${everything} } transactions { nodes { createdBy { ${everything} } } } } }`,
    );
    const { asset } = await app.graphql(`{ asset(id: ${createAsset.id}) { technicians { ${everything} } updatedBy { ${everything} } } }`);
    for (const shown of [createAsset, createWorkOrder, asset]) expect(shown.technicians).toEqual([expect.objectContaining(grace)]);
    for (const shown of [createAsset.createdBy, asset.updatedBy, createPart.updatedBy, createPart.transactions.nodes[0].createdBy])
      expect(shown).toMatchObject({ fullName: 'Millwright', ...secrets });
    const { data } = await app.get(`/assets/${createAsset.id}`).expect(200);
    expect(data.technicians).toEqual([{ id, name: 'Grace', surname: 'Hopper', avatar: null }]);
  });

  it('is whole where people themselves are read, and a name again in what is said about them', async () => {
    const { id } = (await app.post('/users', { user: { name: 'Ada', email: 'ada@example.com', regular_rate: 50 } }).expect(201)).data as {
      id: number;
    };
    const { user } = await app.graphql(`{ user(id: ${id}) { email regularRate createdBy { ${everything} } } }`);
    expect(user).toMatchObject({ email: 'ada@example.com', regularRate: '50', createdBy: { name: 'Millwright', ...secrets } });
    const { users } = await app.graphql(`{ users(filter: {id: {eq: ${id}}}) { nodes { email createdBy { language } } } }`);
    expect(users.nodes).toEqual([{ email: 'ada@example.com', createdBy: { language: null } }]);
  });
});
