import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkObjects, type KubernetesObject, renderChart } from '../src/helm.ts';

const VALUES = {
  publicUrl: 'https://accounts.example.com',
  frontendUrl: 'https://accounts.example.com',
  existingSecret: 'secrets-of-moonlight',
  'config.MAIL_SERVER': 'smtp.example.com',
};
const OTHER_VALUES = {
  ...VALUES,
  frontendUrl: 'https://app.example.com',
  'config.SHUTDOWN_DELAY_SECONDS': '20',
  'config.AUDIT_RETENTION_DAYS': '3650',
  'api.autoscaling.enabled': 'true',
  'ingress.enabled': 'true',
  'ingress.className': 'nginx',
  'ingress.tlsSecret': 'certificate',
  'imagePullSecrets[0].name': 'registry',
  'image.digest': `sha256:${'0'.repeat(64)}`,
  'networkPolicy.from[0].namespaceSelector.matchLabels.name': 'ingress',
  'web.nodeSelector.zone': 'a',
};

const podSchema = z.object({
  spec: z.object({
    template: z.object({
      spec: z.looseObject({
        automountServiceAccountToken: z.literal(false),
        terminationGracePeriodSeconds: z.number().optional(),
        securityContext: z.looseObject({
          runAsNonRoot: z.literal(true),
          runAsUser: z.number().min(1),
          seccompProfile: z.object({ type: z.literal('RuntimeDefault') }),
        }),
        containers: z.array(
          z.looseObject({
            image: z.string(),
            env: z.array(z.object({ name: z.string(), value: z.string() })),
            resources: z.looseObject({ limits: z.looseObject({ memory: z.string() }) }),
            securityContext: z.strictObject({
              allowPrivilegeEscalation: z.literal(false),
              readOnlyRootFilesystem: z.literal(true),
              capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
            }),
          }),
        ),
      }),
    }),
  }),
});

const namesOf = (objects: readonly KubernetesObject[]) =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

/** The pod templates by name; parsing proves that each one is hardened. */
const podsOf = (objects: readonly KubernetesObject[]) =>
  new Map(
    objects
      .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
      .map((object) => [object.metadata.name, podSchema.parse(object).spec.template.spec]),
  );

describe('the Helm chart', () => {
  test.each([
    ['the least values', VALUES],
    ['many values', OTHER_VALUES],
    ['neither pages nor migrations', { ...VALUES, 'web.enabled': 'false', 'migrate.enabled': 'false' }],
  ])('with %s renders objects that the Kubernetes API knows', async (_what, values) => {
    expect(await checkObjects(await renderChart(values))).toBe('');
  });

  test('runs everything as an ordinary user on a read-only file system, without a token of the cluster', async () => {
    const pods = podsOf(await renderChart(VALUES));
    expect([...pods.keys()].toSorted()).toEqual([
      'm-moonlight-api',
      'm-moonlight-migrate',
      'm-moonlight-web',
      'm-moonlight-worker',
    ]);
  });

  test('waits longer for the end of a process than SHUTDOWN_DELAY_SECONDS and 30 seconds', async () => {
    const graceOf = async (values: Readonly<Record<string, string>>) =>
      podsOf(await renderChart(values)).get('m-moonlight-api')?.terminationGracePeriodSeconds;
    expect(await graceOf(VALUES)).toBeGreaterThan(5 + 30);
    expect(await graceOf(OTHER_VALUES)).toBeGreaterThan(20 + 30);
  });

  test('has an autoscaler and an Ingress only if asked, and a disruption budget and a network policy for each part', async () => {
    const names = namesOf(await renderChart(VALUES));
    for (const part of ['api', 'worker', 'web'])
      for (const kind of ['Deployment', 'Service', 'PodDisruptionBudget', 'NetworkPolicy'])
        expect(names).toContain(`${kind} m-moonlight-${part}`);
    expect(names.join()).not.toMatch(/Ingress|Autoscaler/);
    expect(namesOf(await renderChart(OTHER_VALUES)).join()).toMatch(/Ingress m-moonlight.*|Autoscaler m-moonlight-api/);
  });

  test('takes secrets by reference only', async () => {
    const [api] = podsOf(await renderChart(VALUES)).get('m-moonlight-api')?.containers ?? [];
    expect(api).toMatchObject({ envFrom: [{ secretRef: { name: 'secrets-of-moonlight' } }] });
    await expect(renderChart({ ...VALUES, 'config.SECRET_KEY': 'x' })).rejects.toThrow('SECRET_KEY');
  });

  test.each([
    ['api.replica', '3'],
    ['publicUrl', 'accounts.example.com'],
    ['existingSecret', ''],
    ['image.digest', 'sha256:0'],
  ])('refuses %s=%s', async (name, value) => {
    await expect(renderChart({ ...VALUES, [name]: value })).rejects.toThrow(
      "values don't meet the specifications of the schema",
    );
  });
});
