import assert from 'node:assert/strict';
import { html, trusted } from './html.ts';

describe('html', () => {
  it('escapes every value for text and for quoted attributes', () => {
    const evil = `<script>alert("x")</script> & 'y'`;
    const escaped = '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;';
    assert.equal(`${html`<p title="${evil}">${evil}</p>`}`, `<p title="${escaped}">${escaped}</p>`);
  });

  it('takes its own markup as it is, also in lists', () => {
    const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
    assert.equal(`${html`<ul>${items}</ul>`}`, '<ul><li>a</li><li>&lt;b&gt;</li></ul>');
    assert.equal(`${html`${trusted('<hr>')}`}`, '<hr>');
  });

  it('writes nothing for what is absent, and zero for zero', () => {
    assert.equal(`${html`[${undefined}${false}${0}]`}`, '[0]');
  });

  it('takes the colours of a terminal out', () => {
    assert.equal(`${html`${'\u001b[31mred\u001b[0m'}`}`, 'red');
  });

  it('puts a sign in the place of characters that XML cannot hold, and keeps lines', () => {
    assert.equal(
      `${html`${'a\0\b\u001f\ufffe\ud800b\tc\nd€😀'}`}`,
      'a\ufffd\ufffd\ufffd\ufffd\ufffdb\tc\nd€😀',
    );
  });
});
