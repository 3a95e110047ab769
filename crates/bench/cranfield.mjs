// Makes a documentation site of the Cranfield collection (1,400 abstracts on aerodynamics, 225 questions and what answers
// them, judged by those who asked), so that `scripts/bench ingest` reads it and judges the search by it:
//
//   node crates/bench/cranfield.mjs FOLDER SITE && BENCH_DOCS=SITE scripts/bench ingest
//
// FOLDER holds the collection as TREC writes such: https://github.com/oussbenk/cranfield-trec-dataset
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, site] = process.argv.slice(2);
if (!site) throw new Error('usage: node cranfield.mjs FOLDER SITE');
const read = (name) => readFileSync(join(folder, name), 'utf8');
const part = (text, name) => text.match(new RegExp(`<${name}>([^]*?)</${name}>`))?.[1].replace(/\s+/g, ' ').trim() ?? '';
const write = (name, text) => writeFileSync(join(site, name), text);
const html = (title, body) => `<!doctype html><html lang="en"><head><title>${title}</title></head><body>${body}</body></html>\n`;

mkdirSync(site, { recursive: true });
const links = [];
for (const [, text] of read('cran.all.1400.xml').matchAll(/<doc>([^]*?)<\/doc>/g)) {
  const [number, title, abstract] = ['docno', 'title', 'text'].map((name) => part(text, name));
  if (!abstract) continue; // two have none
  write(`${number}.html`, html(title, `<main><h1>${title}</h1><p>${abstract}</p></main>`));
  links.push(`<a href="${number}.html">${number}</a>`); // without its title, so that the list answers nothing
}
write('index.html', html('Cranfield collection', links.join('\n')));

// Judgements name questions by their place, not by the number that they bear.
const answers = new Map();
for (const line of read('cranqrel.trec.txt').trim().split('\n')) {
  const [question, , page, relevance] = line.trim().split(/\s+/);
  if (Number(relevance) > 0) answers.set(question, [...(answers.get(question) ?? []), `${page}.html`]);
}
const questions = [...read('cran.qry.xml').matchAll(/<top>([^]*?)<\/top>/g)].map(([, text], place) => {
  const pages = answers.get(String(place + 1)) ?? [];
  return `${part(text, 'title')}\t${pages.join(' ')}\n`;
});
write('questions.tsv', questions.join(''));
console.log(`${links.length} pages, ${questions.length} questions`);
