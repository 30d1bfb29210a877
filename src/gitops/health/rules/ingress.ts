import type { HealthRule } from '../rule.ts';
import { byAddress } from './address.ts';

/** It has an address, or its controller is one that publishes none. */
export const ingress: HealthRule = { group: 'networking.k8s.io', kind: 'Ingress', assess: byAddress };
