import { pickText } from '../../../model/json.ts';
import { type HealthRule, healthy } from '../rule.ts';
import { byAddress } from './address.ts';

/** A load balancer has an address; other services are what they are as soon as they are stored. */
export const service: HealthRule = {
  group: '',
  kind: 'Service',
  assess: (object, context) =>
    pickText(object, 'spec', 'type') === 'LoadBalancer' ? byAddress(object, context) : healthy(),
};
