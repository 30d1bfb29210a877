import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/** Labels, or parameters with their names joined with dots. */
export type Labels = Readonly<Record<string, string>>;

/** Whether labels are chosen. */
export type Selector = (labels: Labels) => boolean;

/**
 * Compiles a Kubernetes label selector; an empty one chooses everything. Values are not checked, so that addresses can be told
 * apart too (Argo CD 3.5, applicationset/utils/selector.go). Throws `SyntaxError` with Argo CD's words.
 */
export function compileSelector(selector: JsonObject): Selector {
  const labels = Object.entries(objectOf(selector['matchLabels']));
  const expressions = isJsonList(selector['matchExpressions']) ? selector['matchExpressions'] : [];
  const tests: readonly Selector[] = [
    ...labels.map(
      ([key, value]): Selector =>
        (found) =>
          found[key] === value,
    ),
    ...expressions.map((expression) => compileExpression(objectOf(expression))),
  ];
  return (found) => tests.every((test) => test(found));
}

/** Whether a selector says anything. */
export function isSelective(selector: JsonObject): boolean {
  const expressions = selector['matchExpressions'];
  const hasExpressions = isJsonList(expressions) && expressions.length > 0;
  return hasExpressions || Object.keys(objectOf(selector['matchLabels'])).length > 0;
}

function compileExpression(expression: JsonObject): Selector {
  const { key, operator } = expression;
  const name = typeof key === 'string' ? key : '';
  const values = isJsonList(expression['values']) ? expression['values'] : [];
  const has = (labels: Labels) => Object.hasOwn(labels, name);
  const isListed = (labels: Labels) => has(labels) && values.includes(labels[name] ?? '');
  const selectors: Readonly<Record<string, Selector>> = {
    In: isListed,
    NotIn: (labels) => !isListed(labels),
    Exists: has,
    DoesNotExist: (labels) => !has(labels),
  };
  const selector = selectors[String(operator)];
  if (selector === undefined) throw new SyntaxError(`"${String(operator)}" is not a valid pod selector operator`);
  checkValues(String(operator), values.length);
  return selector;
}

function checkValues(operator: string, count: number): void {
  const needsValues = operator === 'In' || operator === 'NotIn';
  if (needsValues && count === 0) throw new SyntaxError("for 'in', 'notin' operators, values set can't be empty");
  if (!needsValues && count > 0) throw new SyntaxError('values set must be empty for exists and does not exist');
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
