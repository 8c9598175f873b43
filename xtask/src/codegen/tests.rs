//! What the generator prints for each feature, and what it says to what it does not know.
