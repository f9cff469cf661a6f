-- Names that the field uses, before anything is released: one section for each part of the product.

-- Reading: runs, walkers, pages, details.

-- Writing: imports.

