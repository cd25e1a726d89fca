/** What must never stand in a file of a run, and what stands there instead. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(-----END [A-Z0-9 ]+-----|$)/g, '[PEM block left out]'],
  // The same in base64, as kubeconfigs and Secrets hold it.
  [/LS0tLS1CRUdJTi[\w+/=]*/g, '[PEM block left out]'],
  // Keys and certificates without their frame: so begins their DER in base64.
  [/(?<![\w+/])MI[A-Z][\w+/]{40,}=*/g, '[certificate or key left out]'],
  // JSON web tokens: of service accounts and of OIDC.
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token left out]'],
  [/\b(bearer)\s+[\w.+/=~-]{8,}/gi, '$1 [left out]'],
  [/\b(authorization\W{1,4}basic)\s+[\w.+/=~-]{4,}/gi, '$1 [left out]'],
  // kubeadm's.
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, '[token left out]'],
  // In YAML and JSON, also in JSON that stands in a string.
  [
    /(token|password|secret|(?:client|certificate)-[\w-]{0,40}data)(\\*["']?\s*[:=]\s*\\*["']?)[^\s"',;\\]{4,}/gi,
    '$1$2[left out]',
  ],
];

/** What each of them has: a run writes some 10 000 verdicts, and looks through the names in them once. */
const hint = /BEGIN|LS0tLS1|MI[A-Z]|eyJ|bearer|basic|token|password|secret|data|\.[a-z0-9]{16}/i;

/** A text without tokens, keys and certificates. */
export function withoutSecrets(text: string): string {
  if (text.length < 8 || !hint.test(text)) return text;
  return secrets.reduce((rest, [secret, instead]) => rest.replace(secret, instead), text);
}

/** The same of every string in a value as JSON has it, names of fields included. */
export function cleaned<T>(value: T): T {
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [withoutSecrets(name), clean(inner)]),
  );
}
