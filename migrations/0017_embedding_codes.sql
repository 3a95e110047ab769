-- A vector in two bits for each of its numbers: whether it is above the lower and above the upper of two bounds, half a
-- deviation of such a number on either side of zero (vectors have length 1). The bits in which two codes differ grow with
-- the distance of their vectors, and comparing them costs a tenth. None for vectors whose code an index could not hold.
create function embedding_code(embedding vector) returns bit varying
language sql immutable strict parallel safe
return case when vector_dims(embedding) <= 8192 then
  binary_quantize(embedding - array_fill((0.5 / sqrt(vector_dims(embedding)))::real, array[vector_dims(embedding)])::vector)
  || binary_quantize(embedding + array_fill((0.5 / sqrt(vector_dims(embedding)))::real, array[vector_dims(embedding)])::vector)
end;

alter table document_chunks add column embedding_code bit varying generated always as (embedding_code(embedding)) stored;

-- All codes of an organization are read from the index alone; the best of them are compared by their vectors.
create index document_chunks_code on document_chunks (organization_id, embedding_model)
  include (id, source_id, embedding_code) where embedding_code is not null;

-- What large organizations were searched by before: it found less, and a search without it is only slower.
drop index document_chunks_embedding_384;
drop index document_chunks_embedding_1536;
