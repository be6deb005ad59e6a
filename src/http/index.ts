export { errorsDocument } from './errors-document.js';
export { HttpAdapter } from './http-adapter.js';
export { HttpModule } from './http.module.js';
export { openEdge } from './open-edge.js';
