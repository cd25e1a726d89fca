/** What somebody might let a pod say to get markup into a report, or to break its lines. */
export const hostile = `]]></failure></testcase><testcase name="x"/><!-- <script>alert(1)</script> | a | b | \`c\` \`\`\`
\`\`\`
# heading | - item
::error::x
[link](javascript:alert(1)) ![](http://example.org/x.png) www.example.org &amp; &#60;b> @all #1 \\| \u0000\u0008\u000b\ufffe\ud800\u001b[31mred\u001b[0m\r"'`;

/** What no report may hold, each as something might quote it. */
export const secrets = {
  token: `eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.${'eyJpc3MiOiJrdWJlcm5ldGVzIn0'.repeat(3)}.c2lnbmF0dXJlLW9mLWEtdG9rZW4`,
  pem: '-----BEGIN CERTIFICATE-----\nMIIDBTCCAe2gAwIBAgIIQ0VSVElGSUNBVEU\nc2Vjb25kbGluZQ==\n-----END CERTIFICATE-----',
  kubeconfig:
    'users:\n- user:\n    client-certificate-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUQ=\n    client-key-data: Y2xpZW50LWtleS1vZi1hLWt1YmVjb25maWc=\n',
  join: 'kubeadm join 172.18.0.2:6443 --token abcdef.0123456789abcdef',
} as const;

/** Pieces of them by which they would be known. */
export const pieces = [
  'c2lnbmF0dXJlLW9mLWEtdG9rZW4',
  'eyJpc3Mi',
  'MIIDBTCC',
  'c2Vjb25kbGluZQ',
  'LS0tLS1CRUdJTi',
  'Y2xpZW50LWtleS1v',
  '0123456789abcdef',
];
