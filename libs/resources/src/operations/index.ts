export {
  assertDescribed,
  operation,
  operationOf,
  OverGraphql,
  OverRest,
  reads,
  writes,
  type CommandOperation,
  type Operation,
  type OtherAnswers,
  type ControllerMethod,
} from './operation.js';
