//! Short lists of numbers, of which there are very many.

/// Numbers in the order in which they came. Most lists have up to three, which take no memory of their own.
#[derive(Debug)]
pub(super) enum Numbers {
    Few {
        count: u8,
        numbers: [u32; FEW],
    },
    #[expect(
        clippy::box_collection,
        reason = "a list of few takes two thirds of the room beside a box"
    )]
    Many(Box<Vec<u32>>),
}

const FEW: usize = 3;

impl Default for Numbers {
    fn default() -> Self {
        Self::Few {
            count: 0,
            numbers: [0; FEW],
        }
    }
}

impl Numbers {
    pub(super) fn as_slice(&self) -> &[u32] {
        match self {
            Self::Few { count, numbers } => numbers.get(..usize::from(*count)).unwrap_or_default(),
            Self::Many(numbers) => numbers,
        }
    }

    /// Adds a number; of more than `most`, the older half is dropped.
    pub(super) fn push(&mut self, number: u32, most: usize) {
        match self {
            Self::Few { count, numbers } => {
                if let Some(place) = numbers.get_mut(usize::from(*count)) {
                    *place = number;
                    *count += 1;
                } else {
                    let mut many = Vec::with_capacity(FEW * 2);
                    many.extend_from_slice(numbers);
                    many.push(number);
                    *self = Self::Many(Box::new(many));
                }
            }
            Self::Many(numbers) => {
                if numbers.len() >= most {
                    numbers.drain(..most / 2);
                }
                numbers.push(number);
            }
        }
    }

    /// Takes out the oldest.
    pub(super) fn pop_first(&mut self) -> Option<u32> {
        let (first, rest) = self.as_slice().split_first()?;
        let (first, rest) = (*first, rest.to_vec());
        *self = Self::of(rest);
        Some(first)
    }

    /// Keeps the numbers of which this is true.
    pub(super) fn retain(&mut self, is_kept: impl Fn(&u32) -> bool) {
        let numbers = self.as_slice().iter().copied();
        let kept: Vec<u32> = numbers.filter(|number| is_kept(number)).collect();
        if kept.len() < self.as_slice().len() {
            *self = Self::of(kept);
        }
    }

    fn of(kept: Vec<u32>) -> Self {
        if kept.len() > FEW {
            Self::Many(Box::new(kept))
        } else {
            let mut few = Self::default();
            for number in kept {
                few.push(number, usize::MAX);
            }
            few
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_keeps_its_order_and_the_newest_whatever_its_length() {
        for length in 0..40 {
            let mut list = Numbers::default();
            for number in 0..length {
                list.push(number, 16);
            }
            let kept = list.as_slice();
            assert!(kept.len() <= 16);
            let newest: Vec<u32> = (0..length).rev().take(kept.len()).collect();
            assert!(kept.iter().rev().eq(&newest), "{length}: {kept:?}");
            assert!(kept.len() >= usize::try_from(length).unwrap().min(8));
            list.retain(|number| number % 2 == 0);
            let even: Vec<u32> = newest
                .into_iter()
                .rev()
                .filter(|number| number % 2 == 0)
                .collect();
            assert_eq!(list.as_slice(), even);
            list.push(99, 16);
            assert_eq!(list.as_slice().last(), Some(&99));
            let all = list.as_slice().to_vec();
            assert_eq!(list.pop_first(), all.first().copied());
            assert_eq!(list.as_slice(), &all[1..]);
        }
    }

    #[test]
    fn a_list_is_two_words() {
        assert_eq!(size_of::<Numbers>(), 2 * size_of::<usize>());
    }
}
