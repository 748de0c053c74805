"""What is near: offres, formations and événements, from the sources to the page.

`fiches` says what they are, `sources/` where they come from, `reparation` what is mended on the way in,
`magasin` where they are kept, `recherche` how they are found, `catalogue` whom to ask for all of it.
"""
