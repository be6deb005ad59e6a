import { scenario } from '../../../../test/harness/given.js';
import { registered } from '../testing/parts.js';
import { linkAsset } from './part-assets.js';
import { changePartDetails } from './part-registration.js';
import { part } from './part.js';
import type { PartEvent } from './part.events.js';
import type { Part } from './part.state.js';

const given = scenario(part);
const says = (assetId: number, assetRevision: number, wanted: boolean) => (state: Part) =>
  linkAsset(state, { assetId, assetRevision, wanted });
/** What a release has left behind that knew no owner of the relation. */
const asBefore = (assetsIds: number[]) => (): PartEvent[] => {
  const details = { isNonStock: false, externalReference: null, assetsIds };
  return [{ type: 'PartRegistered', data: { partId: 72, currency: 'USD', unitCost: null, details } }];
};

describe('a part that an asset names', () => {
  it('takes it up', () =>
    given(registered())
      .when(linkAsset, { assetId: 4, assetRevision: 0, wanted: true })
      .thenEvents({ type: 'PartAssetLinked', data: { assetId: 4, assetRevision: 0 } }));

  it('leaves the fence also where it was so already', () =>
    given(registered({ assetsIds: [4] }))
      .when(linkAsset, { assetId: 4, assetRevision: 2, wanted: true })
      .thenEvents({ type: 'PartAssetLinked', data: { assetId: 4, assetRevision: 2 } }));

  it('does not hear a late word of an asset, nor what it was told before it changed its own list', () => {
    given(registered(), says(4, 1, true), says(4, 2, false))
      .when(linkAsset, { assetId: 4, assetRevision: 1, wanted: true })
      .thenEvents();
    given(registered(), says(4, 1, true), (state) => changePartDetails(state, { changes: { assetsIds: [] } }))
      .when(linkAsset, { assetId: 4, assetRevision: 1, wanted: true })
      .thenEvents();
  });

  it('is named by others as before', () =>
    given(registered({ assetsIds: [3] }), says(4, 0, true), says(5, 0, true), says(4, 1, false)).thenState(({ details }) =>
      expect(details['assetsIds']).toEqual([3, 5]),
    ));
});

describe('a part of an earlier release', () => {
  it('has its list whole once it is said anew, whatever assets named before', () =>
    given(asBefore([3]))
      .when(changePartDetails, { changes: { assetsIds: [3] }, earlierAssets: [8] })
      .thenEvents({ type: 'PartDetailsChanged', data: { changes: { assetsIds: [3] }, ownsAssets: true } }));

  it('does not change where both sides together say the same', () =>
    given(asBefore([3]))
      .when(changePartDetails, { changes: { assetsIds: [3, 8] }, earlierAssets: [8] })
      .thenEvents());
});
