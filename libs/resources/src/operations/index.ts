export { handles, operation, operationOf, type CommandOperation, type Operation, type OtherAnswers } from './operation.js';
