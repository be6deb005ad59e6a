export { ReachableAddresses } from './reachable-addresses.js';
export { OutgoingRequests, RequestFailed } from './outgoing-requests.js';
export { OutgoingRequestsModule } from './outgoing-requests.module.js';
