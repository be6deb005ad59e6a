export {
  assertDescribed,
  operation,
  operationOf,
  OverGraphql,
  OverRest,
  requiredScope,
  reads,
  writes,
  type CommandOperation,
  type Operation,
  type OtherAnswers,
  type ControllerMethod,
} from './operation.js';
