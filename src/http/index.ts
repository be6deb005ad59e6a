export { toldOf } from './call-gate.js';
export { graphqlMediaTypeOf } from './envelope.js';
export { errorsDocument } from './errors-document.js';
export { HttpAdapter } from './http-adapter.js';
export { seeOwnWrites } from './request-gate.js';
export { HttpModule } from './http.module.js';
export { openEdge } from './open-edge.js';
export { expectedRevisionsOf, header } from './request-headers.js';
export { stillAdmitted } from './still-admitted.js';
