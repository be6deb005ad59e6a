import { Rejection, type Event } from '#millwright/event-sourcing/decider';
import { validatedInput } from '#millwright/fields';
import { changeRecord, registerRecord, storedValues, type PlainResource, type RecordValues } from '#millwright/resources';
import { servedCustomers } from './served-customers.js';
import { users } from './users.js';
import { vendors } from './vendors.js';

const hidden = 'bo\u200b@example.com';
const other = 'bo\u200b@other.example.com';

/** What becomes of a record of an earlier release once a request says that of it. */
function after(resource: PlainResource, stands: RecordValues, input: object): readonly Event[] | string[] {
  const registered = { type: `${resource.typeName}Registered`, data: stands };
  const state = resource.stream.evolve(resource.stream.initialState, registered);
  const said = validatedInput(resource.fields.change, input, resource.root);
  const values = storedValues(resource.fields.input, said, state.values);
  // The writer draws an id for whichever contact may be a new one.
  const drawn = { vendor_contacts: ((values['vendor_contacts'] ?? []) as object[]).map((contact) => ({ drawnId: 5, ...contact })) };
  return tried(() => changeRecord(resource, state, { ...values, ...('vendor_contacts' in values && drawn) }));
}

function tried(decide: () => readonly Event[]): readonly Event[] | string[] {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return error.details.map(({ field, code }) => `${field} ${code}`);
  }
}

describe.each([users, servedCustomers] as unknown as PlainResource[])('an e-mail address that nobody may have any more', (resource) => {
  const { name, root, typeName } = resource;

  it(`stays that of a ${name} whose request sends it back, and is no new one`, () => {
    const stands = { name: 'Bo', email: hidden };
    expect(after(resource, stands, { name: 'Bob', email: hidden })).toEqual([{ type: `${typeName}Changed`, data: { name: 'Bob' } }]);
    for (const email of [other, '<bo@example.com>']) expect(after(resource, stands, { email })).toEqual([`${root}.email invalid_email`]);
    expect(tried(() => registerRecord(resource, stands))).toEqual([`${root}.email invalid_email`]);
    expect(after(resource, stands, { email: null })).toEqual([{ type: `${typeName}Changed`, data: { email: null } }]);
  });
});

describe('an e-mail address of a contact that nobody may have any more', () => {
  const stands = { name: 'Summit', vendorContacts: { added: [{ id: 4, name: 'Bo', email: hidden, isPrimary: true }] } };
  const contacts = (...said: object[]) => after(vendors, stands, { vendor_contacts_attributes: said });

  it('stays where it is sent back, and is no new one', () => {
    expect(contacts({ id: 4, name: 'Bob', email: hidden })).toEqual([
      { type: 'VendorChanged', data: { vendorContacts: { changed: [{ id: 4, name: 'Bob' }] } } },
    ]);
    expect(contacts({ id: 4, email: other })).toEqual(['vendor.vendor_contacts_attributes.0.email invalid_email']);
    expect(contacts({ id: 4, name: 'Bob' }, { name: 'Al', email: hidden })).toEqual([
      'vendor.vendor_contacts_attributes.1.email invalid_email',
    ]);
  });
});
