/** What must never stand in a file of a run, and what stands there instead. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(-----END [A-Z0-9 ]+-----|$)/g, '[PEM block left out]'],
  // The same in base64, as kubeconfigs and Secrets hold it.
  [/LS0tLS1CRUdJTi[\w+/=]*/g, '[PEM block left out]'],
  // JSON web tokens: of service accounts and of OIDC.
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token left out]'],
  [/\b(bearer|basic)\s+[\w.+/=~-]{8,}/gi, '$1 [left out]'],
  // kubeadm's.
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, '[token left out]'],
  [
    /\b((?:[\w-]*[-_])?(?:token|password|secret|(?:client|certificate)-[\w-]*data))(["']?\s*[:=]\s*["']?)[^\s"',;]{4,}/gi,
    '$1$2[left out]',
  ],
];

/** A text without tokens, keys and certificates. */
export function withoutSecrets(text: string): string {
  return secrets.reduce((rest, [secret, instead]) => rest.replace(secret, instead), text);
}
