import type { Selector } from './wire.js';

/** As the API server takes it in a query. */
export const selectorText = ({ matchLabels, matchExpressions }: Selector): string =>
  [
    ...Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(matchExpressions ?? []).map(({ key, operator, values }) => {
      switch (operator) {
        case 'Exists':
          return key;
        case 'DoesNotExist':
          return `!${key}`;
        default:
          return `${key} ${operator === 'In' ? 'in' : 'notin'} (${(values ?? []).join(',')})`;
      }
    }),
  ].join(',');

/** An empty selector of a PodDisruptionBudget is for every pod of its namespace; an absent one for none. */
export const selects = (selector: Selector | null | undefined, labels: Readonly<Record<string, string>>): boolean =>
  !!selector &&
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
  (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
    const label = labels[key];
    switch (operator) {
      case 'Exists':
        return label !== undefined;
      case 'DoesNotExist':
        return label === undefined;
      case 'In':
        return label !== undefined && (values ?? []).includes(label);
      default:
        return label === undefined || !(values ?? []).includes(label);
    }
  });
