import type { PartDetails } from '#millwright/inventory';
import type { WorkOrderDetails } from '#millwright/work-orders';

export const partDetails = (partId: number): PartDetails => ({
  name: `Part ${partId}`,
  description: null,
  number: `P-${partId}`,
  area: null,
  leadTime: null,
  minQty: null,
  desiredQty: null,
  isNonStock: false,
  partTypeId: null,
  storeroomId: 1,
  measurementUnitId: 1,
  assetsIds: [],
  qrCode: null,
  externalReference: null,
});

/** The first asset that anybody creates. */
export const seededAssetId = 1;

export const workOrderDetails = (workOrderId: number): WorkOrderDetails => ({
  title: `Job ${workOrderId}`,
  description: null,
  type: null,
  priority: null,
  dueDate: null,
  assetId: seededAssetId,
  locationId: null,
  categoriesIds: [],
  techniciansIds: [],
  checklist: [],
  notifyVendorsOnCreate: null,
  notifyVendorsOnUpdate: null,
  externalReference: null,
});
