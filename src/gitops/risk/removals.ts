import { isJsonList, pick, pickText } from '../../model/json.ts';
import { isDeleted, type Risk, type RiskRule, type Subject } from './rule.ts';

/** Kinds of operators whose objects are databases or stores: with the object goes the data, as a rule. */
const stores: readonly (readonly [group: RegExp, kinds: readonly string[]])[] = [
  [
    /^postgresql\.cnpg\.io$|^acid\.zalan\.do$|^postgres-operator\.crunchydata\.com$/,
    ['Cluster', 'postgresql', 'PostgresCluster'],
  ],
  [
    /^(?:psmdb|pxc|pgv2|ps)\.percona\.com$/,
    ['PerconaServerMongoDB', 'PerconaXtraDBCluster', 'PerconaPGCluster', 'PerconaServerMySQL'],
  ],
  [
    /^mysql\.(?:oracle|presslabs)\.(?:com|org)$|^mariadb\.mmontes\.io$|^k8s\.mariadb\.com$/,
    ['InnoDBCluster', 'MysqlCluster', 'MariaDB'],
  ],
  [/^mongodb(?:community)?\.mongodb\.com$/, ['MongoDB', 'MongoDBCommunity']],
  [/^kafka\.strimzi\.io$/, ['Kafka', 'KafkaTopic', 'KafkaNodePool']],
  [/^elasticsearch\.k8s\.elastic\.co$|^opensearch\.opster\.io$/, ['Elasticsearch', 'OpenSearchCluster']],
  [
    /^rabbitmq\.com$|^redis\.redis\.opstreelabs\.in$|^databases\.spotahome\.com$/,
    ['RabbitmqCluster', 'Redis', 'RedisCluster', 'RedisFailover'],
  ],
  [
    /^cassandra\.datastax\.com$|^k8ssandra\.io$|^scylla\.scylladb\.com$/,
    ['CassandraDatacenter', 'K8ssandraCluster', 'ScyllaCluster'],
  ],
];

function dataLoss(subject: Subject): readonly Risk[] {
  const { resource } = subject.change;
  if (isDeleted(subject, '', 'PersistentVolumeClaim')) return [{ message: `the claim goes${volumeWords(subject)}` }];
  if (isDeleted(subject, '', 'PersistentVolume')) return [{ message: `the volume goes${takenWords(subject)}` }];
  if (isDeleted(subject, 'apps', 'StatefulSet') && deletesClaims(subject)) {
    return [{ message: 'its claims go with it (persistentVolumeClaimRetentionPolicy.whenDeleted: Delete)' }];
  }
  const isStore = stores.some(([group, kinds]) => group.test(resource.group) && kinds.includes(resource.kind));
  return isStore && isDeleted(subject, resource.group, resource.kind) ? [{ message: 'its data goes with it' }] : [];
}

function volumeWords({ live, base }: Subject): string {
  const size = pickText(live ?? base?.object, 'spec', 'resources', 'requests', 'storage');
  return size === undefined ? '' : `, ${size} of storage with it`;
}

/** What goes with it, where the cluster was asked. */
function takenWords({ change: { takes = [] } }: Subject): string {
  return takes.length === 0 ? '' : `: ${takes.join(', ')}`;
}

function deletesClaims({ live, base }: Subject): boolean {
  const object = live ?? base?.object;
  return pickText(object, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted') === 'Delete';
}

const definitions = 'apiextensions.k8s.io';

function crdRemoved(subject: Subject): readonly Risk[] {
  if (isDeleted(subject, definitions, 'CustomResourceDefinition')) {
    const kind = pickText(subject.base?.object, 'spec', 'names', 'kind') ?? 'that';
    return [{ message: `every ${kind} of the cluster is deleted with it${takenWords(subject)}` }];
  }
  if (subject.change.resource.kind !== 'CustomResourceDefinition' || subject.change.part !== 'pull') return [];
  const [before, after] = [servedVersions(subject.base), servedVersions(subject.head)];
  const gone = subject.head === null ? [] : before.filter((version) => !after.includes(version));
  if (gone.length === 0) return [];
  return [{ message: `${gone.join(', ')} is served no more`, at: ['spec', 'versions'] }];
}

function servedVersions(side: Subject['base']): readonly string[] {
  const versions = pick(side?.object, 'spec', 'versions');
  return (isJsonList(versions) ? versions : [])
    .filter((version) => pick(version, 'served') !== false)
    .flatMap((version) => pickText(version, 'name') ?? []);
}

/** What is lost when objects go. */
export const removalRules: readonly RiskRule[] = [
  {
    ...{ id: 'data-loss', severity: 'block', judge: dataLoss },
    when: 'A PersistentVolumeClaim or PersistentVolume is deleted, a StatefulSet that takes its claims with it, or an object of a database operator.',
    why: 'What was stored may be gone for good: reverting the pull brings the object back, and not its content.',
    fix: 'Keep it, or see that its content is somewhere else, then allow data-loss.',
  },
  {
    ...{ id: 'crd-removed', severity: 'block', judge: crdRemoved },
    when: 'A CustomResourceDefinition is deleted, or serves a version no more.',
    why: 'With a definition go all objects of its kind, whoever made them; clients of a version that is not served fail.',
    fix: 'Remove the objects and their users first.',
  },
  {
    ...{ id: 'namespace-removed', severity: 'block' },
    judge: (subject) =>
      isDeleted(subject, '', 'Namespace')
        ? [{ message: `everything in it is deleted with it${takenWords(subject)}` }]
        : [],
    when: 'A Namespace is deleted.',
    why: 'Everything in it goes, whoever put it there, claims and Secrets included.',
    fix: 'Empty it first, or keep the Namespace.',
  },
  {
    ...{ id: 'pdb-removed', severity: 'caution' },
    judge: (subject) =>
      isDeleted(subject, 'policy', 'PodDisruptionBudget')
        ? [{ message: 'draining nodes may take all of its pods at once' }]
        : [],
    when: 'A PodDisruptionBudget is deleted.',
    why: 'Nothing keeps an upgrade of the nodes from stopping all pods at once.',
    fix: 'Keep one for what must stay up.',
  },
  {
    ...{ id: 'netpol-removed', severity: 'caution' },
    judge: (subject) =>
      isDeleted(subject, 'networking.k8s.io', 'NetworkPolicy')
        ? [{ message: 'what it kept out, or in, may pass' }]
        : [],
    when: 'A NetworkPolicy is deleted.',
    why: 'Pods that no policy selects any more take traffic from everywhere.',
    fix: 'See which policies still select these pods.',
  },
];
